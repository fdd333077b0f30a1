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
  readonly longestMs: number
}

export interface BatchListener {
  /** Called with the first item of a batch; more may come. */
  onBegin(first: string): void
  /** Called with everything of a batch, each item once. */
  onEnd(items: readonly string[]): void
}

/** Creates a debounce: a batch ends soon where it stands alone, so that one save is quick, and settles where one follows the other. */
export function createDebounce(
  { leadMs, quietMs, longestMs }: DebounceTimes,
  listener: BatchListener,
  clock: Clock = MONOTONIC,
): Debounce {
  const items = new Set<string>()
  const waiters: (() => void)[] = []
  let cancelQuiet: Off | undefined
  let cancelLongest: Off | undefined
  let waitMs = leadMs
  let endedAt = Number.NEGATIVE_INFINITY

  function begin(): void {
    waitMs = clock.now() - endedAt < quietMs ? quietMs : leadMs
    cancelLongest = clock.after(longestMs, end)
  }

  function cancel(): void {
    cancelQuiet?.()
    cancelLongest?.()
    items.clear()
    for (const wake of waiters.splice(0)) wake()
  }

  function end(): void {
    const all = [...items]
    endedAt = clock.now()
    cancel()
    listener.onEnd(all)
  }

  return {
    cancel,
    add: (item) => {
      const isFirst = items.size === 0
      items.add(item)
      if (isFirst) begin()
      cancelQuiet?.()
      cancelQuiet = clock.after(waitMs, end)
      if (isFirst) listener.onBegin(item)
    },
    settled: async () => {
      if (items.size > 0) await new Promise<void>((resolve) => waiters.push(resolve))
    },
  }
}
