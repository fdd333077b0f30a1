// What the front door holds of a run: start it, end it, and ask it for things.
import type { Failure } from '../core/errors.ts'
import type { RestoreResult, Totals } from '../core/notices.ts'
import type { Commands } from '../core/ports.ts'

/** How a run ended. */
export interface Stopped extends Totals {
  readonly restored: RestoreResult
  readonly failure: Failure | null
}

/** One run. */
export interface Daemon {
  /** Resolves when everything is ready. Rejects with a `DevHookError` after all that was acquired has been released. */
  start(): Promise<void>
  /** Ends in order, also during a start. Memoised; never rejects. */
  stop(): Promise<Stopped>
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<Stopped>
  /** The public URL without credentials; `null` while there is none. */
  url(): string | null
  totals(): Totals
  /** Whether it was ended before it was ready, because somebody wished so. */
  readonly interrupted: boolean
  readonly commands: Commands
}
