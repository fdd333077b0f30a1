// What is done for a daemon that died without a word: its bot is ended, and the platform put back as it was.

import { findByEnv } from '../../bot/find-by-env.ts'
import { endGroup, type GroupOptions, groupOf } from '../../bot/process-group.ts'
import { sleep } from '../../core/async.ts'
import { asDevHookError } from '../../core/errors.ts'
import { createRedactor } from '../../core/redact.ts'

import type { Client } from '../../platform/api/client.ts'
import { restoreFromSnapshot } from '../../platform/webhook/restore.ts'
import { readSnapshot, type Snapshot } from '../../platform/webhook/snapshot.ts'
import { lockBot } from '../account/acquire-lock.ts'
import { createApiClient } from '../account/api-client.ts'
import type { WatchdogOrders } from './messages.ts'

/** After this the next start, or `dev-hook restore`, has to do it. */
const LONGEST_MS = 60_000
/** For one try: the next start waits for as long as it takes. Enough for a claim in flight to land. */
const TRY_MS = 8_000
const AGAIN_MS = 1_000
const KILL_AFTER_MS = 5_000
const UNTOLD_MS = 500

/** Ends the bot with all it started; `pid` is null when there was none that the daemon told of. */
export async function endBot(pid: number | null, runId: string, env: GroupOptions['env']): Promise<void> {
  const end = async (group: number): Promise<void> => {
    await endGroup(groupOf(group, { env }), { killAfterMs: KILL_AFTER_MS })
  }
  await Promise.all([pid === null ? null : end(pid), endUntold(pid, runId, end)])
}

/** One that was being started when the daemon died. */
async function endUntold(told: number | null, runId: string, end: (pid: number) => Promise<void>): Promise<void> {
  // At first it is a copy of the daemon, without the mark.
  await sleep(UNTOLD_MS)
  const untold = (await findByEnv(runId)).filter((pid) => pid !== told)
  await Promise.all(untold.map(end))
}

/** Tries until the platform is as it was, or a newer run has the bot, and with it the snapshot. */
export async function restoreFor(orders: WatchdogOrders): Promise<void> {
  if (!orders.restore) return
  const client = createApiClient({ config: orders, token: orders.token, redactor: createRedactor() })
  const until = performance.now() + LONGEST_MS
  while ((await tryOnce(orders, client)) === 'owed' && performance.now() < until) await sleep(AGAIN_MS)
  await client.close()
}

async function tryOnce(orders: WatchdogOrders, client: Client): Promise<'owed' | 'over'> {
  const signal = AbortSignal.timeout(TRY_MS)
  try {
    return await underLock(orders, () => putBack(orders, client, signal), signal)
  } catch (error) {
    // With a newer run has gone what was owed. Everything else may pass.
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

async function putBack(orders: WatchdogOrders, client: Client, signal: AbortSignal): Promise<'owed' | 'over'> {
  const { folder } = orders
  const snapshot = await readOwed(orders)
  if (snapshot === null) return 'over'
  // Nobody is left to hear a notice; what could not be restored stays on disk, and the next start says it.
  await restoreFromSnapshot({ client, snapshot, folder, emit: () => undefined }, signal)
  return (await readOwed(orders)) === null ? 'over' : 'owed'
}

async function readOwed({ folder, runId }: WatchdogOrders): Promise<Snapshot | null> {
  const { snapshot } = await readSnapshot(folder)
  return snapshot?.runId === runId ? snapshot : null
}
