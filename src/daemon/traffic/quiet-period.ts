// The quiet period after the restore, in which deliveries that the platform sent before it may still come in.
import { type Clock, ignoreAbort, MONOTONIC, poll, withDeadline } from '../../core/async.ts'

/** The time since the last delivery. */
export interface QuietPeriod {
  /** Reports that a delivery came in. */
  arrived(): void
  /** Resolves when no delivery has come in for 100 ms from now, after 600 ms at the latest. */
  over(): Promise<void>
}

const QUIET_MS = 100
const MAX_WAIT_MS = 600

/** Creates the quiet period of one run; nothing has come in yet. */
export function createQuietPeriod(clock: Clock = MONOTONIC): QuietPeriod {
  let last = Number.NEGATIVE_INFINITY
  return {
    arrived: () => {
      last = clock.now()
    },
    over: async () => {
      const began = clock.now()
      const missingMs = (): number => QUIET_MS - (clock.now() - Math.max(began, last))
      const untilQuiet = (signal: AbortSignal): Promise<unknown> =>
        poll(
          async () => missingMs(),
          (missing) => missing <= 0,
          { pace: missingMs, signal, clock },
        )
      const deadline = { ms: MAX_WAIT_MS, reason: 'deliveries go on coming' }
      await withDeadline([], deadline, (signal) => ignoreAbort(untilQuiet(signal), signal), clock)
    },
  }
}
