// What may be asked of a run while it goes on, by keys, inspector and other dev-hook commands.
import { targetUrl } from '../../config/target.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Control } from '../../core/ports.ts'
import { type Parts, shownUrl, totalsOf } from '../run.ts'
import { findReplayable, prepareReplay } from '../traffic/replay-rules.ts'
import type { DaemonOptions } from '../types.ts'

/** The parts that are asked, each `null` until it is there. */
type ControlledParts = Pick<Parts, 'state' | 'traffic' | 'tunnel' | 'bot' | 'link'>

/** Creates the control of a run. What comes before its part is there does nothing, or is refused (`replayRefused`). */
export function createControl(
  parts: Readonly<ControlledParts>,
  { config, version }: Pick<DaemonOptions, 'version'> & { readonly config: Pick<DaemonOptions['config'], 'target'> },
): Control {
  return {
    replay: async (id, body, signal) => {
      const { state, traffic } = parts
      if (state === null || traffic === null) throw new DevHookError('replayRefused', 'the run has only just started')
      const recorded = findReplayable(state.journal, id)
      const replayable = await prepareReplay(state.journal, recorded, body, traffic.botSecret())
      return traffic.pipeline.replay(replayable, signal)
    },
    status: () => {
      const bot = parts.bot?.current().state ?? null
      const target = targetUrl(config.target)
      return { version, pid: process.pid, url: shownUrl(parts), target, bot, ...totalsOf(parts) }
    },
    restartBot: () => parts.bot?.restart('asked for'),
    togglePause: () => parts.link?.togglePause() ?? false,
  }
}
