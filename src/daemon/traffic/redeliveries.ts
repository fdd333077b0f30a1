// The memory of this run for deliveries that come again: what became of the first of each key.
import type { Reply } from '../../core/delivery.ts'

/** The first delivery of a key, as far as it got. */
export interface First {
  readonly key: string
  readonly id: string
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
  /** Whether the journal has it. */
  readonly recorded: boolean
  /** `open`: held or in flight. `kept`: answered in our own name, which needs it to be on disk. `answered`: the bot's answer. */
  state: 'open' | 'kept' | 'answered'
  /** What the platform is answered; `null` when the journal knows. */
  answers: Answers | null
}

export interface Answers {
  /** To the first call, in time. */
  readonly told: Promise<Reply>
  /** Once the bot has had it. */
  readonly final: Promise<Reply>
}

export interface Redeliveries {
  first(key: string): First | undefined
  remember(first: First): void
  /** So that the next one with this key is forwarded again. */
  forget(first: First): void
}

const KEEP_MS = 24 * 60 * 60 * 1000

/** Remembers the newest keys for a day: at least `limit` of them, at most twice as many. */
export function createRedeliveries(limit = 5_000, now: () => number = Date.now): Redeliveries {
  // Two generations, of which the older one goes as a whole. To find the oldest key of one Map, everything that was deleted
  // from it before has to be stepped over, which took longer than everything else that is done for a delivery.
  let young = new Map<string, First>()
  let old = new Map<string, First>()
  return {
    first: (key) => {
      const found = young.get(key) ?? old.get(key)
      return found !== undefined && now() - found.at < KEEP_MS ? found : undefined
    },
    remember: (first) => {
      if (young.size >= limit) {
        old = young
        young = new Map()
      }
      young.set(first.key, first)
    },
    forget: ({ key }) => {
      young.delete(key)
      old.delete(key)
    },
  }
}
