// What may be asked of a run while it goes on, by keys, inspector and other dev-hook commands.
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Totals } from '../../core/notices.ts'
import type { Bot, Commands, Journal } from '../../core/ports.ts'
import type { BotLink } from '../traffic/hold-while-down.ts'
import { findReplayable, forBot } from '../traffic/replay-rules.ts'
import type { Deliveries } from '../traffic/traffic.ts'

/** What a replay needs. */
export interface Traffic {
  readonly journal: Journal
  readonly deliveries: Deliveries
}

/** The parts of a run, each `null` until it is there. */
export interface RunParts {
  readonly traffic: Traffic | null
  readonly bot: Bot | null
  readonly link: BotLink | null
  readonly url: string | null
  readonly totals: Totals
  readonly config: Pick<Config, 'target'>
  readonly version: string
}

/** Creates the commands of a run, whose parts are looked at with each; those that come too early do nothing, or say so. */
export function createCommands(parts: () => RunParts): Commands {
  return {
    replay: async (id, body, signal) => {
      const { traffic } = parts()
      if (traffic === null) throw new DevHookError('replayRefused', 'the run has only just begun')
      const { journal, deliveries } = traffic
      const recorded = findReplayable(journal, id)
      const delivery = forBot(await recorded.load(), body, deliveries.botSecret())
      return deliveries.pipeline.replay(delivery, recorded, body !== null, signal)
    },
    status: () => {
      const { version, url, config, bot, totals } = parts()
      const target = targetUrl(config.target)
      return { version, pid: process.pid, url, target, bot: bot?.current().state ?? null, ...totals }
    },
    restartBot: () => parts().bot?.restart('asked for'),
    togglePause: () => parts().link?.togglePause() ?? false,
  }
}
