// The way to replay from outside a run: through the run that is alive, else straight to the bot.

import type { Config } from '../../config/load.ts'
import { sleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { createHookAddress } from '../../core/hook-url.ts'
import type { Emit } from '../../core/notices.ts'
import type { Replays } from '../../core/ports.ts'

import { createForwarder } from '../../delivery/forwarder.ts'
import { type InspectorAddress, readAddress } from '../../inspector/address.ts'
import { createInspectorClient } from '../../inspector/client.ts'
import { readLock } from '../../lock/lock.ts'
import { readSnapshot } from '../../platform/webhook/snapshot.ts'
import { openState } from '../start/open-state.ts'
import { findReplayable, forBot, replayedBy, settleReplay } from '../traffic/replay-rules.ts'

export interface ReplaysRequest {
  /** The bot's state folder. */
  readonly folder: string
  readonly config: Pick<Config, 'target' | 'secret'>
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly emit: Emit
  /** How long to wait for a run that has only just begun, in ms. */
  readonly patienceMs?: number
}

export interface OpenReplays extends Replays {
  close(): Promise<void>
}

const LOOK_AGAIN_MS = 50
/** How long a watchdog may take to put back what a dead run has left. */
const LOCK_MS = 10_000

/** Opens it. Throws `runUnreachable` when a run, or another replay, holds the bot and cannot be asked. */
export async function openReplays(request: ReplaysRequest): Promise<OpenReplays> {
  const { folder, patienceMs = 5_000 } = request
  for (const until = Date.now() + patienceMs; ; await sleep(LOOK_AGAIN_MS)) {
    const holder = await readLock(folder)
    if (holder === null || holder.restoring) return openDirect(request)
    const address = await addressOf(folder, holder.runId)
    if (address !== null) return { ...createInspectorClient(address), close: async () => undefined }
    if (Date.now() > until)
      throw new DevHookError('runUnreachable', `${holder.user} holds this bot and cannot be asked`)
  }
}

/** Where the run that holds the bot listens; what an earlier one left behind is not it. */
async function addressOf(folder: string, runId: string): Promise<InspectorAddress | null> {
  const address = await readAddress(folder)
  return address?.runId === runId ? address : null
}

async function openDirect({ folder, config, who, emit }: ReplaysRequest): Promise<OpenReplays> {
  // A watchdog that still has to restore the webhook takes another name in the lock for a newer run, and leaves it to that.
  const { snapshot } = await readSnapshot(folder)
  const runId = snapshot?.runId ?? createHookAddress().runId
  const { journal, close } = await openState(
    folder,
    { runId, user: `the \`dev-hook replay\` of ${who}` },
    emit,
    AbortSignal.timeout(LOCK_MS),
  )
  const forwarder = createForwarder({ target: config.target })
  return {
    replay: async (id, body, signal) => {
      const recorded = findReplayable(journal, id)
      const underWay = forwarder.forward(forBot(await recorded.load(), body, config.secret))
      const cancel = (): void => underWay.cancel('dev-hook was ended')
      if (signal?.aborted) cancel()
      signal?.addEventListener('abort', cancel, { once: true })
      const attempt = await underWay.done
      signal?.removeEventListener('abort', cancel)
      const n = recorded.attempts + 1
      journal.recordAttempt(id, n, attempt)
      settleReplay(journal, id, attempt)
      return replayedBy(id, n, attempt)
    },
    close: async () => {
      await forwarder.close()
      await close()
    },
  }
}
