// Gathering what comes in a burst, to tell it once or twice.
import { type Clock, MONOTONIC } from '../core/async.ts'
import type { Off } from '../core/listeners.ts'

export interface Batch {
  add(item: string): void
  /** Resolves when nothing is being gathered. */
  rest(): Promise<void>
  /** Forgets what was gathered. */
  cancel(): void
}

export interface BatchTimes {
  /** A batch ends when nothing came for so long … */
  readonly leadMs: number
  /** … or, when it began within this time after another one, for as long as this. */
  readonly quietMs: number
  /** One that never comes to rest, so long after its first item. */
  readonly longestMs: number
}

export interface Hearer {
  /** Something came, and more may come. */
  began(first: string): void
  /** Everything of a batch, each once. */
  ended(items: readonly string[]): void
}

/** A batch ends soon where it stands alone, so that one save is quick, and at rest where one follows the other. */
export function createBatch(
  { leadMs, quietMs, longestMs }: BatchTimes,
  hearer: Hearer,
  clock: Clock = MONOTONIC,
): Batch {
  const items = new Set<string>()
  const waiters: (() => void)[] = []
  let cancelQuiet: Off | undefined
  let cancelLongest: Off | undefined
  let restMs = leadMs
  let endedAt = Number.NEGATIVE_INFINITY

  function begin(): void {
    restMs = clock.now() - endedAt < quietMs ? quietMs : leadMs
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
    hearer.ended(all)
  }

  return {
    cancel,
    add: (item) => {
      const isFirst = items.size === 0
      items.add(item)
      if (isFirst) begin()
      cancelQuiet?.()
      cancelQuiet = clock.after(restMs, end)
      if (isFirst) hearer.began(item)
    },
    rest: async () => {
      if (items.size > 0) await new Promise<void>((resolve) => waiters.push(resolve))
    },
  }
}
