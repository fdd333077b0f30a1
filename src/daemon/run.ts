// What the phases of one run share: its options, its lifetime, its way to end, and the parts that are open so far.

import { withoutCredentials } from '../core/hook-url.ts'
import type { Lifetime } from '../core/lifetime.ts'
import type { Listeners } from '../core/listeners.ts'
import type { Emit, Totals } from '../core/notices.ts'
import type { Control, Registration, Tunnel } from '../core/ports.ts'
import type { Handlers, RunOperation } from '../inspector/operations/table.ts'
import type { Inspector } from '../inspector/server.ts'
import type { StreamEvent } from '../inspector/stream.ts'
import type { Factories } from './factories.ts'
import type { Triggering } from './operations/triggering.ts'
import type { Restoration } from './restoration.ts'
import type { PrintedLines } from './running/bot-output.ts'
import type { RegistrationMonitor } from './running/registration-monitor.ts'
import type { ReplayOnSave } from './running/replay-on-save.ts'
import type { Challenges } from './start/challenge-waiter.ts'
import type { StateFolder } from './start/open-state.ts'
import type { StartedBot } from './start/start-bot.ts'
import type { Steps } from './start/start-steps.ts'
import type { StopName } from './stop-order.ts'
import type { BotLink } from './traffic/hold-while-down.ts'
import type { Traffic } from './traffic/traffic.ts'
import type { DaemonOptions } from './types.ts'
import type { Watchdog } from './watchdog/watchdog.ts'

/**
 * The parts of a run, each `null` until its phase is done. Only what calls against the direction of the start needs them: a
 * callback of an early part (a delivery, a save, a fresh token, a key) that reaches a later one.
 */
export interface Parts {
  state: StateFolder | null
  traffic: Traffic | null
  tunnel: Tunnel | null
  registration: Registration | null
  watchdog: Watchdog | null
  bot: StartedBot | null
  link: BotLink | null
  monitor: RegistrationMonitor | null
  triggering: Triggering | null
  replayOnSave: ReplayOnSave | null
  printed: PrintedLines | null
  operations: Handlers<RunOperation> | null
  inspector: Pick<Inspector, 'port' | 'link' | 'tokenFile'> | null
}

/** Creates the parts of a run that has not begun. */
export const noParts = (): Parts => ({
  state: null,
  traffic: null,
  tunnel: null,
  registration: null,
  watchdog: null,
  bot: null,
  link: null,
  monitor: null,
  triggering: null,
  replayOnSave: null,
  printed: null,
  operations: null,
  inspector: null,
})

/** The public URL that is shown: without credentials; `null` while the tunnel is not open. */
export const shownUrl = ({ tunnel }: Pick<Parts, 'tunnel'>): string | null =>
  tunnel === null ? null : withoutCredentials(tunnel.current().url)

const NO_TOTALS: Totals = {
  deliveries: 0,
  delivered: 0,
  held: 0,
  longestHoldMs: 0,
  undelivered: 0,
  interrupted: 0,
  unrouted: 0,
  passed: 0,
  ignored: 0,
}

/** What a run with these parts has done so far. */
export const totalsOf = ({ traffic }: Pick<Parts, 'traffic'>): Totals => traffic?.totals() ?? NO_TOTALS

/** One run, as its phases see it. */
export interface Run {
  readonly options: DaemonOptions
  readonly factories: Factories
  readonly emit: Emit
  readonly lifetime: Lifetime<StopName>
  readonly steps: Steps
  readonly challenges: Challenges
  readonly restoration: Restoration
  readonly parts: Parts
  readonly control: Control
  /** What has changed of which no notice tells, for whoever looks. */
  readonly changes: Listeners<StreamEvent>
  /** Ends the run in order, because somebody asked. */
  readonly stop: () => void
  /** Ends the run in order, because of something that nobody here can mend. */
  readonly fail: (cause: Error) => void
}
