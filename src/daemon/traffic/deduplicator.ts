// The same delivery again: which one was the first of its key, and what a later one is answered.
import { type Clock, MONOTONIC, nextCall, orAfter } from '../../core/async.ts'
import { isSuccess, type Reply, type Settled } from '../../core/delivery.ts'
import { createListeners, type Listeners } from '../../core/listeners.ts'
import type { Journal } from '../../core/ports.ts'
import { KEY_KEPT_MS } from '../../journal/prune/pruned-keys.ts'
import type { DeliveryState } from './delivery-state.ts'
import type { Replies } from './replies.ts'

/** A delivery as this run remembers it: where it stands, and what a later one of its key is answered. */
export interface Tracked {
  readonly id: string
  /** What a later one is recognised by; `null` for one that cannot be recognised. */
  readonly key: string | null
  /** When it came, in milliseconds since the epoch. */
  readonly receivedAt: number
  /** Whether the journal has it. */
  readonly recorded: boolean
  state: DeliveryState
  /** The bot's own answer, where the journal does not have it. */
  reply: Reply | null
  /** Redeliveries that wait for a reply to it; `null` as long as there are none, as nearly always. */
  waiters: Listeners<Reply> | null
}

export interface Deduplicator {
  /** The first delivery of a key, of this run or an earlier one; `null` when there is none that was received or is under way. */
  firstOf(key: string): Tracked | null
  remember(first: Tracked): void
  /** Nothing more will happen to a delivery in this run. */
  closed(first: Tracked): void
  /** What a later delivery is answered, within `withinMs`: what the first one gets. Never rejects. */
  answer(first: Tracked, withinMs: number): Promise<Reply>
}

/** What the platform was told "received" of. */
const RECEIVED: ReadonlySet<Settled> = new Set(['delivered', 'acknowledged', 'interrupted'])

export interface DeduplicatorOptions {
  readonly journal: Pick<Journal, 'seen'>
  readonly replies: Replies
  /** How many keys are remembered at least; at most twice as many. */
  readonly limit?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly clock?: Clock
}

/** Creates a deduplicator with nothing in it. */
export function createDeduplicator(options: DeduplicatorOptions): Deduplicator {
  const { journal, replies, limit, now = Date.now, clock = MONOTONIC } = options
  const memory = createMemory(limit, now)

  /** The answer of then, as the journal has it. */
  async function recordedAnswer(id: string, key: string): Promise<Reply> {
    // A replay may have brought to the bot what the platform was refused then; and if the answer cannot be read, that the
    // delivery was received is still true.
    const reply = await journal
      .seen(key)
      ?.answer()
      .catch(() => null)
    return reply && isSuccess(reply.status) ? reply : replies.afterSync(id)
  }

  function nextReply(first: Tracked): Promise<Reply> {
    first.waiters ??= createListeners()
    return nextCall(first.waiters.on)
  }

  return {
    firstOf: (key) => {
      const known = memory.find(key)
      if (known) return known
      const seen = journal.seen(key)
      if (seen === null || seen.settled === null || !RECEIVED.has(seen.settled)) return null
      const { id, settled } = seen
      const state = settled === 'delivered' ? 'answered' : 'broken'
      return { id, key, receivedAt: now(), recorded: true, state, reply: null, waiters: null }
    },
    remember: memory.remember,
    closed: (first) => {
      const { state, recorded } = first
      // One that is returned comes again, and is meant for the bot then. One that the bot has answered is recognised by its record:
      // thousands of them in memory slow down every garbage collection.
      if (state === 'returned' || (state === 'answered' && recorded)) memory.forget(first)
    },
    answer: async (first, withinMs) => {
      const { id, key, state, reply } = first
      if (state === 'answered') return reply ?? (key === null ? replies.received : recordedAnswer(id, key))
      if (state === 'waiting' || state === 'sending')
        return orAfter(nextReply(first), withinMs, () => replies.text(503, 'the bot has not answered yet'), clock)
      return replies.afterSync(id)
    },
  }
}

/** Remembers the newest keys for a day: at least `limit` of them, at most twice as many. */
function createMemory(limit = 5_000, now: () => number) {
  // Two generations, of which the older one goes as a whole. To find the oldest key of one Map, everything that was deleted
  // from it before has to be stepped over, which took longer than everything else that is done for a delivery.
  let young = new Map<string, Tracked>()
  let old = new Map<string, Tracked>()

  return {
    find: (key: string): Tracked | undefined => {
      const found = young.get(key) ?? old.get(key)
      return found !== undefined && now() - found.receivedAt < KEY_KEPT_MS ? found : undefined
    },
    remember: (first: Tracked): void => {
      if (first.key === null) return
      if (young.size >= limit) {
        old = young
        young = new Map()
      }
      young.set(first.key, first)
    },
    forget: ({ key }: Tracked): void => {
      if (key === null) return
      young.delete(key)
      old.delete(key)
    },
  }
}
