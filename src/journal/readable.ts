// How a read error of the log becomes an error that a person can act on.
import { DevHookError, messageOf } from '../core/errors.ts'

/** Awaits a read of the log. Rejects with `stateDamaged` when it fails. */
export async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new DevHookError('stateDamaged', `the journal cannot be read: ${messageOf(cause)}`, { cause })
  }
}
