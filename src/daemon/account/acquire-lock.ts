// The lock of a bot, waited for while it is held only to restore what a dead run has left.
import { type Clock, every, MONOTONIC, retry } from '../../core/async.ts'
import { asDevHookError } from '../../core/errors.ts'

import { type Holder, type Lock, type LockInfo, openLock, readLock } from '../../lock/lock.ts'

/** Longer than a watchdog may hold it at a time. */
const PATIENCE_MS = 10_000
const POLL_MS = 50

/** Acquires the lock of a bot. Throws `taken` while another run has it, `stateUnwritable`, or the signal's reason. */
export async function lockBot(
  folder: string,
  info: LockInfo,
  signal: AbortSignal,
  clock: Clock = MONOTONIC,
): Promise<Lock> {
  let holder: Holder | null = null
  const acquire = async (): Promise<Lock> => {
    try {
      return await openLock(folder, info)
    } catch (error) {
      holder = asDevHookError(error).is('taken') ? await readLock(folder) : null
      throw error
    }
  }
  const shouldRetry = (error: unknown): boolean => asDevHookError(error).is('taken') && !isRun(holder, info)
  return retry(acquire, { pace: every(POLL_MS), limitMs: PATIENCE_MS, shouldRetry, signal, clock })
}

// No holder: it was released this moment. The same run: its process is dying, and its pipes close before its entry is gone.
const isRun = (holder: Holder | null, { runId }: LockInfo): boolean =>
  holder !== null && !holder.restoring && holder.runId !== runId
