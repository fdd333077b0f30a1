// Gathering what comes in a burst, to pass it on once.
import { type Clock, MONOTONIC } from '../core/async.ts'
import type { Off } from '../core/listeners.ts'

export interface Debounce {
  add(item: string): void
  /** Resolves when nothing is being gathered. */
  settled(): Promise<void>
  /** Forgets what was gathered. */
  cancel(): void
}

export interface DebounceTimes {
  /** A batch ends when nothing came for so long … */
  readonly leadMs: number
  /** … or, when it began within this time after another one, for as long as this. */
  readonly quietMs: number
  /** The longest batch: one that never settles ends so long after its first item. */
  readonly maxMs: number
}

/**
 * Creates a debounce, which calls `onBatch` with everything of a batch, each item once. A batch ends soon where it stands alone, so
 * that one save is quick, and when it has settled where one follows the other.
 */
export function createDebounce(
  { leadMs, quietMs, maxMs }: DebounceTimes,
  onBatch: (items: readonly string[]) => void,
  clock: Pick<Clock, 'now' | 'after'> = MONOTONIC,
): Debounce {
  const items = new Set<string>()
  const waiters: (() => void)[] = []
  let cancelQuiet: Off | undefined
  let cancelMax: Off | undefined
  let waitMs = leadMs
  let endedAt = Number.NEGATIVE_INFINITY

  function begin(): void {
    waitMs = clock.now() - endedAt < quietMs ? quietMs : leadMs
    cancelMax = clock.after(maxMs, end)
  }

  function cancel(): void {
    cancelQuiet?.()
    cancelMax?.()
    items.clear()
    for (const wake of waiters.splice(0)) wake()
  }

  function end(): void {
    const all = [...items]
    endedAt = clock.now()
    cancel()
    onBatch(all)
  }

  return {
    cancel,
    add: (item) => {
      if (items.size === 0) begin()
      items.add(item)
      cancelQuiet?.()
      cancelQuiet = clock.after(waitMs, end)
    },
    settled: async () => {
      if (items.size > 0) await new Promise<void>((resolve) => waiters.push(resolve))
    },
  }
}
