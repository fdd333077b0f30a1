// The life of a delivery in the queue: what each event changes in its state, in the journal, and in what the platform is told.
import { type Clock, raceTimeout } from '../../core/async.ts'
import { type Attempt, isSuccess, type Reply } from '../../core/delivery.ts'
import { createDenseList } from '../../core/dense-list.ts'
import type { Emit, Totals } from '../../core/notices.ts'
import type { Journal, Ticket } from '../../core/ports.ts'
import type { Deduplicator } from './deduplicator.ts'
import {
  type DeliveryEvent,
  eventOf,
  isOpen,
  isUndelivered,
  isWaiting,
  type Told,
  type TrafficPolicy,
  type Transition,
  transition,
} from './delivery-state.ts'
import type { PlatformItem } from './platform-item.ts'
import type { Replies } from './replies.ts'
import { END_MS, msLeft } from './time-limits.ts'

export interface LifecycleOptions extends TrafficPolicy {
  /** Puts an item into the queue; `null` when a bound is reached. */
  readonly submit: (item: PlatformItem) => Ticket | null
  readonly journal: Pick<Journal, 'settle'>
  readonly replies: Replies
  readonly deduplicator: Pick<Deduplicator, 'closed'>
  readonly emit: Emit
  /** How long the platform may wait for a bot that is not ready, in ms from `item.since`. */
  readonly holdMs: number
  /** The same for a bot that has the delivery. */
  readonly patienceMs: number
  readonly clock: Clock
}

/** What becomes of the items that the pipeline has put into the queue. */
export interface Lifecycle {
  /** Puts an item into the queue. Someone who waits for its answer gets one in time. False when a bound is reached. */
  begin(item: PlatformItem): boolean
  /** Reports that an attempt begins. To be called before its first byte leaves. */
  sends(item: PlatformItem): void
  /** Reports that the bot refused an attempt, so that the item waits again. */
  refused(item: PlatformItem): void
  /** Reports the attempt with which an item left the queue. */
  ended(item: PlatformItem, attempt: Attempt): void
  /** Reports that the bot has answered a replay of a delivery. */
  replayed(id: string): void
  /** Whether the delivery with this id is on its way to the bot. */
  isUnderWay(id: string): boolean
  /** Answers everyone who still waits: the bot may finish what it has; the rest is for the platform to send again. */
  end(): Promise<void>
  totals(): Pick<Totals, 'delivered' | 'undelivered' | 'interrupted'>
}

/** The status that dev-hook itself gives the platform, for the journal. */
const STATUS: Readonly<Partial<Record<Told, number>>> = {
  'received-once-synced': 200,
  unavailable: 503,
  'bad-gateway': 502,
}

/** Creates the lifecycle of the deliveries of a run. */
// One story: every event goes through `apply`, and ends with what the platform is told.
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { submit, journal, replies, deduplicator, emit, patienceMs, clock } = options
  const holdMs = Math.min(options.holdMs, patienceMs)
  const open = createDenseList<PlatformItem>()
  /** The ids of those that broke and have not been replayed since. */
  const broken = new Set<string>()
  let delivered = 0
  let undelivered = 0

  function begin(item: PlatformItem): boolean {
    // One that the queue does not take stays undelivered if an earlier run has acknowledged it.
    undelivered += Number(isUndelivered(item.tracked.state))
    const ticket = submit(item)
    if (ticket === null) return false
    item.cancel = ticket.cancel
    open.add(item)
    if (item.answer !== null)
      item.cancelDeadline = clock.after(msLeft(item.since, holdMs, clock.now()), () => holdOver(item))
    return true
  }

  /** The longest wait for a bot that is not ready is over; one that has the delivery gets a little longer. */
  function holdOver(item: PlatformItem): void {
    if (isWaiting(item.tracked.state)) return late(item, 'the bot is not ready')
    item.cancelDeadline = clock.after(msLeft(item.since, patienceMs, clock.now()), () =>
      late(item, 'the bot has not answered in time'),
    )
  }

  function late(item: PlatformItem, why: string): void {
    if (options.late === 'ack') apply(item, 'acknowledged', undefined, why)
    else giveUp(item, why)
  }

  /** Has the platform send the delivery again: it leaves the queue if it still waits; an attempt under way goes on. */
  function giveUp(item: PlatformItem, why: string): void {
    if (isWaiting(item.tracked.state)) item.cancel?.(why)
    else answer(item, replies.text(504, why))
  }

  function ended(item: PlatformItem, attempt: Attempt): void {
    const reply = attempt.outcome === 'answered' ? attempt.reply : undefined
    if (reply !== undefined) delivered += 1
    apply(item, eventOf(attempt, options), reply, failureOf(attempt))
  }

  /** Changes what an event changes: the state, the journal, and what the platform is told. `why` is for an error of our own. */
  function apply(item: PlatformItem, event: DeliveryEvent, reply?: Reply, why = ''): void {
    const { tracked } = item
    const change = transition(tracked.state, event)
    if (change === null) return
    undelivered += Number(isUndelivered(change.to)) - Number(isUndelivered(tracked.state))
    tracked.state = change.to
    if (change.settle !== null) journal.settle(tracked.id, change.settle, STATUS[change.tell])
    if (change.to === 'broken') broken.add(tracked.id)
    if (!isOpen(change.to)) close(item)
    tell(item, change, reply, why)
  }

  function close(item: PlatformItem): void {
    item.cancelDeadline?.()
    open.remove(item)
    deduplicator.closed(item.tracked)
  }

  function tell(item: PlatformItem, { tell: told }: Transition, reply: Reply | undefined, why: string): void {
    switch (told) {
      case 'nothing':
        return
      case 'reply':
        // The journal keeps it for redeliveries, if it has the delivery.
        if (reply !== undefined && !item.tracked.recorded) item.tracked.reply = reply
        return answer(item, reply ?? replies.received)
      case 'received':
        return answer(item, replies.received)
      case 'unavailable':
        return answer(item, replies.text(503, why))
      case 'bad-gateway':
        return answer(item, replies.text(502, why))
      case 'received-once-synced':
        return void answerOnceSynced(item, why)
      default:
        told satisfies never
    }
  }

  /** Answers the platform if it still waits, and redeliveries too if the answer is final or a success. */
  function answer(item: PlatformItem, reply: Reply): void {
    const { tracked } = item
    if (isSuccess(reply.status) || !isOpen(tracked.state)) {
      tracked.waiters?.emit(reply)
      tracked.waiters = null
    }
    item.answer?.(reply)
    item.answer = null
  }

  async function answerOnceSynced(item: PlatformItem, why: string): Promise<void> {
    const { id } = item.tracked
    const reply = await replies.afterSync(id)
    if (isOpen(item.tracked.state)) {
      if (!isSuccess(reply.status)) {
        apply(item, 'not-recorded')
        return giveUp(item, why)
      }
      if (item.answer !== null) emit({ type: 'acknowledged', id, ms: Math.round(clock.now() - item.since) })
    }
    answer(item, reply)
  }

  return {
    begin,
    sends: (item) => apply(item, 'sends'),
    refused: (item) => apply(item, 'refused'),
    ended,
    replayed: (id) => void broken.delete(id),
    isUnderWay: (id) => open.items.some(({ tracked }) => tracked.id === id),
    end: async () => {
      const awaited = open.items.filter(({ tracked }) => !isUndelivered(tracked.state))
      for (const item of awaited) if (isWaiting(item.tracked.state)) item.cancel?.('dev-hook is ending')
      await raceTimeout(Promise.all(awaited.flatMap(({ answered }) => answered ?? [])), END_MS, clock)
    },
    totals: () => ({ delivered, undelivered, interrupted: broken.size }),
  }
}

/** Why an attempt brought no answer of the bot; empty when it did. */
function failureOf(attempt: Attempt): string {
  if (attempt.outcome === 'answered') return ''
  const isBroken = attempt.outcome === 'timed-out' || (attempt.outcome === 'interrupted' && !attempt.unsendable)
  return isBroken ? 'the connection to the bot broke' : attempt.reason
}
