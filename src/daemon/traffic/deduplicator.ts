// Recognises redeliveries: which delivery was the first of its key, and how a later one is answered.
import { type Clock, MONOTONIC, nextCall, orAfter } from '../../core/async.ts'
import { isSuccess, type Reply, type Settled } from '../../core/delivery.ts'
import { createListeners, type Listeners } from '../../core/listeners.ts'
import type { Journal } from '../../core/ports.ts'
import { createRecentMap } from '../../core/recent-map.ts'
import { KEY_KEPT_MS } from '../../journal/prune/pruned-keys.ts'
import type { DeliveryState } from './delivery-state.ts'
import type { Replies } from './replies.ts'

/** A delivery as this run remembers it: its state, and how redeliveries of it are answered. */
export interface Tracked {
  readonly id: string
  /** By which redeliveries are recognised; `null` if they cannot be. */
  readonly key: string | null
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  /** Whether the journal has recorded it. */
  readonly recorded: boolean
  state: DeliveryState
  /** The bot's own answer, if the journal does not have it. */
  reply: Reply | null
  /** Redeliveries that wait for its reply; `null` while there are none, which is nearly always. */
  waiters: Listeners<Reply> | null
}

export interface Deduplicator {
  /** The first delivery of a key, in this run or an earlier one; `null` if none was received or is under way. */
  firstOf(key: string): Tracked | null
  /** Makes a delivery the first of its key. */
  remember(first: Tracked): void
  /** Reports that nothing more will happen to a delivery in this run. */
  closed(first: Tracked): void
  /** Resolves with the answer for a redelivery, within `withinMs`: the one that the first delivery gets. Never rejects. */
  answer(first: Tracked, withinMs: number): Promise<Reply>
}

/** The settlements after which the platform was told "received". */
const RECEIVED: ReadonlySet<Settled> = new Set(['delivered', 'acknowledged', 'interrupted'])

export interface DeduplicatorOptions {
  readonly journal: Pick<Journal, 'seen'>
  readonly replies: Replies
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly clock?: Clock
}

/** How many deliveries are remembered at least. */
const REMEMBERED = 5_000

/** Creates a deduplicator that knows only what the journal knows. */
export function createDeduplicator(options: DeduplicatorOptions): Deduplicator {
  const { journal, replies, now = Date.now, clock = MONOTONIC } = options
  const recent = createRecentMap<string, Tracked>(REMEMBERED)

  /** The first delivery's answer, from the journal. */
  async function recordedAnswer(id: string, key: string): Promise<Reply> {
    // That answer may be an error, if the bot got the delivery by a later replay; or it may be unreadable. Received it is all the same.
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
      const known = recent.get(key)
      if (known !== undefined && now() - known.receivedAt < KEY_KEPT_MS) return known
      const seen = journal.seen(key)
      if (seen === null || seen.settled === null || !RECEIVED.has(seen.settled)) return null
      const { id, settled } = seen
      const state = settled === 'delivered' ? 'answered' : 'broken'
      return { id, key, receivedAt: now(), recorded: true, state, reply: null, waiters: null }
    },
    remember: (first) => {
      if (first.key !== null) recent.set(first.key, first)
    },
    closed: ({ key, state, recorded }) => {
      // When a returned delivery comes again, it is meant for the bot. One that the bot has answered is found in the journal instead:
      // thousands of them in memory slow down every garbage collection.
      if (key !== null && (state === 'returned' || (state === 'answered' && recorded))) recent.delete(key)
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
