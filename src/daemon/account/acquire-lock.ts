// The lock of a bot, waited for while it is held only to restore what a dead run has left.
import { basename, dirname } from 'node:path'
import { type Clock, MONOTONIC, retry } from '../../core/async.ts'
import { asDevHookError, DevHookError, messageOf } from '../../core/errors.ts'
import { makePrivateFolder } from '../../core/files/private-file.ts'
import { every } from '../../core/pace.ts'

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
  await closeAbove(folder)
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

/** Whoever may write to the folders above the bot's could put another one in its place. */
async function closeAbove(folder: string): Promise<void> {
  const host = dirname(folder)
  const home = dirname(host)
  try {
    // What somebody else has chosen for the state of all bots is theirs.
    if (basename(home) === 'dev-hook') await makePrivateFolder(home)
    await makePrivateFolder(host)
  } catch (cause) {
    throw new DevHookError('stateUnwritable', `the state folder cannot be used: ${messageOf(cause)}`, { cause })
  }
}

// No holder: it was released this moment. The same run: its process is dying, and its pipes close before its entry is gone.
const isRun = (holder: Holder | null, { runId }: LockInfo): boolean =>
  holder !== null && !holder.restoring && holder.runId !== runId
