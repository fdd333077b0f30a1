// Waiting for what goes on in a sandbox as a whole, each wait within a limit.
import { waitUntil, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Stage } from './stage.ts'

/** How long to wait; 10 s by default. */
export interface WaitOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export const DEFAULT_TIMEOUT_MS = 10_000
/** How long nothing may happen for everything to have settled, in ms. */
export const QUIET_MS = 50

/** What ends a wait before its time. */
export const signalsOf = ({ closed }: Stage, { signal }: WaitOptions): readonly AbortSignal[] =>
  signal === undefined ? [closed] : [closed, signal]

/** The waits of a sandbox. */
export function createWaits(stage: Stage): {
  settled(options?: WaitOptions & { readonly quietMs?: number }): Promise<void>
  until<T>(look: () => T | null, options?: WaitOptions): Promise<T>
} {
  const { activity } = stage
  return {
    settled: async ({ quietMs = QUIET_MS, ...options } = {}) => {
      const { timeoutMs = DEFAULT_TIMEOUT_MS } = options
      const settled = await orNull(timeoutMs, signalsOf(stage, options), async (signal) => {
        await activity.settled(quietMs, signal)
        return true
      })
      if (settled === null) {
        throw new DevHookError('notSettled', `it did not become quiet within ${formatDuration(timeoutMs)}`)
      }
    },
    until: async (look, options = {}) => {
      const { timeoutMs = DEFAULT_TIMEOUT_MS } = options
      const found = await orNull(timeoutMs, signalsOf(stage, options), (signal) => waitUntil(look, activity.on, signal))
      if (found === null) {
        throw new DevHookError('notSettled', `what was waited for did not happen within ${formatDuration(timeoutMs)}`)
      }
      return found
    },
  }
}

/** The outcome of a wait, or `null` when its time is over; rejects with the reason of a signal that is aborted before. */
export async function orNull<T>(
  withinMs: number,
  signals: readonly AbortSignal[],
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  return withDeadline(signals, { ms: withinMs, reason: 'time is over' }, (limited) =>
    wait(limited).catch((error: unknown) => {
      const isLate = limited.aborted && error === limited.reason && !signals.some(({ aborted }) => aborted)
      if (!isLate) throw error
      return null
    }),
  )
}
