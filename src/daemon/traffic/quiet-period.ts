// The moment after the restore: what the platform had sent before it heard of it is still on its way.
import { type Clock, ignoreAbort, MONOTONIC, poll, withDeadline } from '../../core/async.ts'

export interface Linger {
  /** A delivery came in. */
  arrived(): void
  /** Resolves when none has come for a moment. */
  quiet(): Promise<void>
}

const QUIET_MS = 100
const LONGEST_MS = 600

/** Creates it. A platform that never stops is not waited for. */
export function createLinger(clock: Clock = MONOTONIC): Linger {
  let last = Number.NEGATIVE_INFINITY
  return {
    arrived: () => {
      last = clock.now()
    },
    quiet: async () => {
      const began = clock.now()
      const missingMs = (): number => QUIET_MS - (clock.now() - Math.max(began, last))
      const untilQuiet = (signal: AbortSignal): Promise<unknown> =>
        poll(
          async () => missingMs(),
          (missing) => missing <= 0,
          { pace: missingMs, signal, clock },
        )
      const deadline = { ms: LONGEST_MS, reason: 'deliveries go on coming' }
      await withDeadline([], deadline, (signal) => ignoreAbort(untilQuiet(signal), signal), clock)
    },
  }
}
