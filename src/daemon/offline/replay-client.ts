// Replaying from outside a run: through the run that is alive, else straight to the bot.

import type { Config } from '../../config/load.ts'
import { onAbort, poll, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { createHookAddress } from '../../core/hook-url.ts'
import type { Emit } from '../../core/notices.ts'
import { every } from '../../core/pace.ts'
import type { Replays } from '../../core/ports.ts'

import { createForwarder } from '../../delivery/forwarder.ts'
import { type InspectorAddress, readAddress } from '../../inspector/address.ts'
import { createInspectorClient } from '../../inspector/client.ts'
import { readLock } from '../../lock/lock.ts'
import { readSnapshot, urlBefore } from '../../platform/webhook/snapshot.ts'
import { openState } from '../start/open-state.ts'
import { botAccess } from '../traffic/bot-access.ts'
import { findReplayable, prepareReplay, replayedBy, settleReplay } from '../traffic/replay/replay-rules.ts'

export interface ReplaysRequest {
  /** The bot's state folder. */
  readonly folder: string
  readonly config: Pick<Config, 'target' | 'secret' | 'botAuth' | 'botQuery'>
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly emit: Emit
  /** How long to wait for a run that has only just begun, in ms. */
  readonly patienceMs?: number
}

export interface OpenReplays extends Replays {
  close(): Promise<void>
}

const POLL_MS = 50
/** How long a watchdog may take to restore what a dead run has left, in ms. */
const LOCK_MS = 10_000

/** How a bot can be reached: through the run that holds it, without one, or not yet. */
type Access =
  | { readonly by: 'run'; readonly address: InspectorAddress }
  | { readonly by: 'nobody' }
  | { readonly by: 'unreachable'; readonly user: string }

/** Opens the replays of a bot. Throws `runUnreachable` when a run, or another replay, holds the bot and cannot be asked. */
export async function openReplays(request: ReplaysRequest): Promise<OpenReplays> {
  const { folder, patienceMs = 5_000 } = request
  const access = await poll(
    () => readAccess(folder),
    ({ by }) => by !== 'unreachable',
    { pace: every(POLL_MS), limitMs: patienceMs },
  )
  if (access.by === 'nobody') return openDirect(request)
  if (access.by === 'run') return replaysThrough(access.address)
  throw new DevHookError('runUnreachable', `${access.user} holds this bot and does not answer`)
}

/** Replays by the run itself. */
function replaysThrough(address: InspectorAddress): OpenReplays {
  const { call } = createInspectorClient(address)
  return {
    replay: (id, body, signal) => call('replay', { id, ...(body !== null && { body: body.toString('utf8') }) }, signal),
    close: async () => undefined,
  }
}

async function readAccess(folder: string): Promise<Access> {
  const holder = await readLock(folder)
  if (holder === null || holder.restoring) return { by: 'nobody' }
  const address = await readAddress(folder)
  // What an earlier run left behind is not the address of this one.
  return address?.runId === holder.runId ? { by: 'run', address } : { by: 'unreachable', user: holder.user }
}

async function openDirect(request: ReplaysRequest): Promise<OpenReplays> {
  const { folder, config, who, emit } = request
  // A watchdog that still has to restore the webhook takes another name in the lock for a newer run, and leaves it to that.
  const { snapshot } = await readSnapshot(folder)
  const runId = snapshot?.runId ?? createHookAddress().runId
  const holder = { runId, user: `the \`dev-hook replay\` of ${who}` }
  const reason = 'the bot was held for too long'
  const { journal, close } = await withDeadline([], { ms: LOCK_MS, reason }, (signal) =>
    openState(folder, holder, emit, signal),
  )
  const forwarder = createForwarder({
    target: config.target,
    // Without a run nothing is known of the platform but what a crashed one has left.
    access: () => botAccess(config, snapshot === null ? null : urlBefore(snapshot)),
  })
  return {
    replay: async (id, body, signal) => {
      const recorded = findReplayable(journal, id)
      const replayable = await prepareReplay(journal, recorded, body, config.secret)
      const underWay = forwarder.forward(replayable.delivery)
      const off = onAbort(signal, () => underWay.cancel('dev-hook was ended'))
      const attempt = await underWay.done.finally(off)
      const n = replayable.recorded.attempts + 1
      journal.recordAttempt(replayable.delivery.id, n, { ...attempt, replay: true })
      settleReplay(journal, replayable.delivery.id, attempt)
      return replayedBy(replayable, n, attempt)
    },
    close: async () => {
      await forwarder.close()
      await close()
    },
  }
}
