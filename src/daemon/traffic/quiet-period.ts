// The quiet period after the restore, in which deliveries that the platform sent before it may still arrive.
import { type Clock, ignoreAbort, MONOTONIC, poll, withDeadline } from '../../core/async.ts'

export interface QuietPeriod {
  /** Reports that a delivery has arrived. */
  arrived(): void
  /** Resolves when no delivery has arrived for 100 ms from now on, after 600 ms at the latest. */
  over(): Promise<void>
}

const QUIET_MS = 100
const MAX_WAIT_MS = 600

/** Creates the quiet period of a run in which nothing has arrived yet. */
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
      const deadline = { ms: MAX_WAIT_MS, reason: 'deliveries keep arriving' }
      await withDeadline([], deadline, (signal) => ignoreAbort(untilQuiet(signal), signal), clock)
    },
  }
}
