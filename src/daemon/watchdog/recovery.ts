// What is done for a daemon that died: its bot is ended, the platform restored.
import { findByEnv } from '../../bot/find-by-env.ts'
import { endGroup, type GroupOptions, groupOf } from '../../bot/process-group.ts'
import { poll, sleep, withDeadline } from '../../core/async.ts'
import { asDevHookError } from '../../core/errors.ts'
import { every } from '../../core/pace.ts'
import { createRedactor } from '../../core/text/redact.ts'
import type { Client } from '../../platform/api/client.ts'
import { landingMs, restoreFromSnapshot } from '../../platform/webhook/restore.ts'
import { readSnapshot, type Snapshot, writeSnapshot } from '../../platform/webhook/snapshot.ts'
import { decodeSnapshot } from '../../platform/webhook/snapshot-format.ts'
import { lockBot } from '../account/acquire-lock.ts'
import { createApiClient } from '../account/api-client.ts'
import { createHandDown, createOwnerProbe } from '../other-dev-hooks.ts'
import type { WatchdogOrders } from './messages.ts'

/** After this the next start, or `dev-hook restore`, has to do it. */
const GIVE_UP_MS = 60_000
/** For one attempt: the next start waits for as long as it takes. Enough for a claim in flight to land. */
const ATTEMPT_MS = 8_000
const PAUSE_MS = 1_000
const KILL_AFTER_MS = 5_000
const UNREPORTED_MS = 500

/** Ends the bot with all it started; `pid` is `null` when the daemon reported none. */
export async function endBot(pid: number | null, runId: string, env: GroupOptions['env']): Promise<void> {
  const end = async (leader: number): Promise<void> => {
    await endGroup(groupOf(leader, { env }), { killAfterMs: KILL_AFTER_MS })
  }
  await Promise.all([pid === null ? null : end(pid), endUnreported(pid, runId, end)])
}

/** Ends a bot that was being started when the daemon died. */
async function endUnreported(
  reported: number | null,
  runId: string,
  end: (leader: number) => Promise<void>,
): Promise<void> {
  // At first it is a copy of the daemon, without the mark in its environment.
  await sleep(UNREPORTED_MS)
  const others = (await findByEnv(runId)).filter((pid) => pid !== reported)
  await Promise.all(others.map(end))
}

/** Whether the platform still has to be restored. `over` too when a newer run has the bot, and with it the snapshot. */
type Debt = 'owed' | 'over'

/**
 * Restores the platform; tries again for a minute, or until a newer run has the bot. `sent` is the text of the snapshot that
 * the daemon sent last: somebody may have deleted the file.
 */
export async function restoreFor(orders: WatchdogOrders, sent: string | null): Promise<void> {
  if (!orders.restore) return
  const client = createApiClient({ config: orders, token: orders.token, redactor: createRedactor() })
  const remembered = sent === null ? null : decodeSnapshot(sent)
  const attempt = (): Promise<Debt> => tryToRestore(orders, remembered, client)
  await poll(attempt, (debt) => debt === 'over', { pace: every(PAUSE_MS), limitMs: GIVE_UP_MS })
  await client.close()
}

async function tryToRestore(orders: WatchdogOrders, remembered: Snapshot | null, client: Client): Promise<Debt> {
  try {
    return await withDeadline([], { ms: ATTEMPT_MS, reason: 'there was no time left' }, (signal) =>
      underLock(orders, () => restore(orders, remembered, client, signal), signal),
    )
  } catch (error) {
    // A newer run has taken over what was owed. Everything else may pass.
    return asDevHookError(error).is('taken') ? 'over' : 'owed'
  }
}

/** Holds the bot's lock meanwhile, so that no run begins in the middle of it. */
async function underLock<T>(
  { folder, runId, user }: WatchdogOrders,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const info = { runId, user: `the watchdog of ${user}`, restoring: true }
  const lock = await lockBot(folder, info, signal).catch((error: unknown) => {
    // A disk that refuses a lock is no reason to leave the platform as it is.
    if (asDevHookError(error).is('stateUnwritable')) return null
    throw error
  })
  try {
    return await work()
  } finally {
    await lock?.close()
  }
}

async function restore(
  orders: WatchdogOrders,
  remembered: Snapshot | null,
  client: Client,
  signal: AbortSignal,
): Promise<Debt> {
  const { folder, runId } = orders
  const found = await readSnapshot(folder).catch((error: unknown) => {
    if (remembered === null) throw error
    return null
  })
  const snapshot = found?.snapshot ?? remembered
  // One of another run: that has the bot, and what was owed.
  if (snapshot === null || snapshot.runId !== runId) return 'over'
  if (snapshot === remembered) {
    await writeSnapshot(folder, snapshot).catch(() => {
      // For the next start, should this fail: a disk that refuses it is no reason not to try.
    })
  }
  // Nobody is left to read a notice; what could not be restored stays on disk, and the next start announces it.
  const probe = createOwnerProbe(orders)
  const handDown = createHandDown(orders)
  const result = await restoreFromSnapshot({ client, snapshot, folder, probe, handDown, emit: () => undefined }, signal)
  if (result === 'failed') return 'owed'
  const kept = await keptSnapshot(folder, runId)
  // Kept for a claim that may still land it is tried again; kept while another dev-hook has the webhook, that may take days.
  return kept === null || (result === 'superseded' && landingMs(kept, Date.now()) === 0) ? 'over' : 'owed'
}

/** The snapshot of the run that the restore has kept; `null` when it has not. A disk that cannot be read keeps nothing. */
async function keptSnapshot(folder: string, runId: string): Promise<Snapshot | null> {
  const found = await readSnapshot(folder).catch(() => null)
  return found?.snapshot?.runId === runId ? found.snapshot : null
}
