// What the disk refuses to a reader of the log, as an error that a person can act on.
import { DevHookError, messageOf } from '../core/errors.ts'

/** Waits for what is read. Rejects with `stateDamaged` when that fails. */
export async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new DevHookError('stateDamaged', `the journal cannot be read: ${messageOf(cause)}`, { cause })
  }
}
