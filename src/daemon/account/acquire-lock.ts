// The lock of a bot, waited for while somebody only puts back what a dead run has left.
import { asDevHookError } from '../../core/errors.ts'
import { sleep } from '../../core/time.ts'
import { type Holder, type Lock, type LockInfo, openLock, readLock } from '../../lock/lock.ts'

/** Longer than a watchdog may hold it at a time. */
const PATIENCE_MS = 10_000
const LOOK_MS = 50

/** Takes it. Throws `taken` while another run has it, `stateUnwritable`, or the signal's reason. */
export async function lockBot(folder: string, info: LockInfo, signal: AbortSignal): Promise<Lock> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    signal.throwIfAborted()
    try {
      return await openLock(folder, info)
    } catch (thrown) {
      const error = asDevHookError(thrown)
      if (!error.is('taken') || performance.now() > until) throw error
      if (isRun(await readLock(folder), info)) throw error
    }
    await sleep(LOOK_MS, signal)
  }
}

// Nobody: it was given back this moment. The same run: its process is dying, and its pipes are closed before its entry is gone.
const isRun = (holder: Holder | null, { runId }: LockInfo): boolean =>
  holder !== null && !holder.restoring && holder.runId !== runId
