// What may be asked of a run while it goes on, by keys, inspector and other dev-hook commands.
import { monotonic } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Control } from '../../core/ports.ts'
import { createId } from '../../gateway/intake.ts'
import type { Changing } from '../../inspector/stream.ts'
import { identify } from '../../protocol/payload.ts'
import { signatureHeaders } from '../../protocol/signature.ts'
import type { Parts } from '../run.ts'
import { findReplayable, prepareReplay } from '../traffic/replay/replay-rules.ts'
import type { DaemonOptions } from '../types.ts'

/** The parts that are asked, each `null` until it is there. */
type ControlledParts = Pick<
  Parts,
  'state' | 'traffic' | 'registration' | 'bot' | 'link' | 'triggering' | 'replayOnSave'
>

/** Creates the control of a run. What comes before its part is there does nothing, or is refused (`replayRefused`). */
export function createControl(
  parts: Readonly<ControlledParts>,
  {
    config,
    command,
    sandbox,
    changed,
  }: Pick<DaemonOptions, 'command' | 'sandbox'> & {
    readonly config: Pick<DaemonOptions['config'], 'secret'>
    readonly changed: (what: Changing) => void
  },
): Control {
  const tooEarly = (): DevHookError => new DevHookError('replayRefused', 'the run has only just started')
  const pause = (on: boolean): void => {
    parts.link?.pause(on)
    changed('holding')
  }

  return {
    replay: async (id, body, signal) => {
      const { state, traffic } = parts
      if (state === null || traffic === null) throw tooEarly()
      const recorded = findReplayable(state.journal, id)
      const replayable = await prepareReplay(state.journal, recorded, body, traffic.botSecret())
      return traffic.pipeline.replay(replayable, signal)
    },
    inject: async (body) => {
      const { traffic } = parts
      if (traffic === null) throw tooEarly()
      const secret = parts.registration?.secret() ?? config.secret
      const beganAt = monotonic()
      const now = Date.now()
      const delivery = {
        id: createId(now),
        receivedAt: now,
        method: 'POST',
        search: '',
        headers: headersOf(body, secret),
        body,
      }
      const reply = await traffic.pipeline.accept(delivery, beganAt, undefined, true)
      sandbox?.answered(body, reply)
      const { event } = identify(delivery).label
      return { id: delivery.id, event, status: reply.status, ms: Math.round(monotonic() - beganAt) }
    },
    bodyOf: async (id) => {
      const recorded = parts.state?.journal.find(id) ?? null
      if (recorded === null) throw new DevHookError('deliveryUnknown', `no delivery ${id} is recorded`)
      return (await recorded.load()).body
    },
    triggerAgain: () => parts.triggering?.again() ?? false,
    restartBot: () => {
      parts.replayOnSave?.restarting()
      parts.bot?.restart('asked for')
      return command !== null && parts.bot !== null
    },
    hold: () => pause(true),
    release: () => pause(false),
    isPaused: () => parts.link?.isPaused() ?? false,
  }
}

/** Those that the platform sends, as far as a bot may look at them. */
const headersOf = (body: Buffer, secret: string | null): readonly string[] => {
  const signed = secret === null ? {} : signatureHeaders(body, secret)
  const all = {
    'User-Agent': 'Web1on1',
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...signed,
  }
  return Object.entries(all).flat()
}
