// The journey of one delivery: challenge, signature, seen before, queue, and an answer in time.
import { type Clock, MONOTONIC, raceTimeout } from '../../core/async.ts'
import { type Attempt, type Delivery, isSuccess, type Label, type Reply } from '../../core/delivery.ts'
import { createDenseList } from '../../core/dense-list.ts'
import { createRefusalNotices } from '../../core/http/refusal-notices.ts'
import type { Emit, Totals } from '../../core/notices.ts'
import type { Journal, Queue } from '../../core/ports.ts'
import { challengeOf } from '../../protocol/challenge.ts'
import { identify } from '../../protocol/payload.ts'
import { deliveryNotice } from '../record/delivery-notice.ts'
import type { AnswerChallenge } from './answer-challenge.ts'
import { createDeduplicator, type Tracked } from './deduplicator.ts'
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
import type { Others } from './others/others.ts'
import { createItem, type PlatformItem } from './platform-item.ts'
import { createRefusedRecord } from './refused-record.ts'
import { createReplaying, type ReplayItem, type Replaying } from './replaying.ts'
import { createReplies } from './replies.ts'
import type { Guard } from './signature-guard.ts'

/** What the pipeline puts into the queue. */
export type PipelineItem = PlatformItem | ReplayItem

/** What the queue calls as an item goes its way. */
export interface ItemEvents {
  sends(item: PipelineItem): void
  refused(item: PipelineItem): void
  ended(item: PipelineItem, attempt: Attempt): void
}

export interface PipelineOptions extends TrafficPolicy {
  /** Opens the queue, which calls `on` as each item goes its way. */
  readonly openQueue: (on: ItemEvents) => Queue<PipelineItem>
  readonly journal: Journal
  readonly guard: Guard
  readonly emit: Emit
  /** Of the bot that the deliveries are for. */
  readonly botId: string
  readonly answerChallenge: AnswerChallenge
  /** The deliveries that are not for this bot; `null` where all of them are, the default. */
  readonly others?: Others | null
  /** Whether what was received before goes to the bot again, as it would without dev-hook. Default false. */
  readonly passesRepeats?: boolean
  /** A delivery came in. */
  readonly arrived: () => void
  /** Longest wait for a bot that is not ready, in ms from the arrival of the request's head. */
  readonly holdMs: number
  /** Longest wait for a bot that has the delivery, likewise: the platform gives up at 20 s. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

export interface Pipeline extends Pick<Replaying, 'replay'> {
  readonly queue: Queue<PipelineItem>
  /**
   * Answers one request of the hook path, whose head arrived at `since` of the monotonic clock; calls `verified` once it may pass
   * the guard. One that was made here is for this bot, whatever `--only` says. Never rejects.
   */
  accept(delivery: Delivery, since: number, verified?: () => void, isMadeHere?: boolean): Promise<Reply>
  /** Delivers what an earlier run acknowledged, after so many attempts. Nobody waits for the answer. */
  deliver(delivery: Delivery, label: Label, attempts: number): void
  /** Answers what the platform still waits for: what the bot has may finish, for the rest it is told to come again. */
  end(): Promise<void>
  totals(): Pick<Totals, 'deliveries' | 'delivered' | 'undelivered' | 'interrupted'>
}

/** How long what is at the bot may take to answer at the end, while the tunnel can still carry the answer. */
const END_MS = 900

/** The status that dev-hook itself gives the platform, for the record. */
const STATUS: Readonly<Partial<Record<Told, number>>> = {
  'received-once-synced': 200,
  unavailable: 503,
  'bad-gateway': 502,
}

/** Creates the pipeline. It has no I/O of its own. */
// One story: the functions stand in the order in which a delivery passes them.
export function createPipeline(options: PipelineOptions): Pipeline {
  const { journal, guard, emit, others = null, passesRepeats = false, patienceMs = 18_000, clock = MONOTONIC } = options
  const holdMs = Math.min(options.holdMs, patienceMs)
  const replies = createReplies(journal)
  const deduplicator = createDeduplicator({ journal, replies, clock })
  const refused = createRefusedRecord(journal)
  const rejections = createRefusalNotices((rejection) => emit({ type: 'rejected', ...rejection }), clock)
  const open = createDenseList<PlatformItem>()
  /** Those that broke and were not replayed since, for the totals. */
  const broken = new Set<string>()
  let deliveries = 0
  let delivered = 0
  let undelivered = 0

  async function accept(delivery: Delivery, since: number, verified?: () => void, isMadeHere = false): Promise<Reply> {
    const challenge = challengeOf(delivery.method, delivery.search)
    if (challenge !== null) return options.answerChallenge(challenge, delivery.headers)
    options.arrived()
    const given = guard(delivery)
    const verdict = given instanceof Promise ? await given : given
    if (!verdict.pass) {
      const { reason, status, detail } = verdict
      refused.add(delivery, status)
      rejections.add({ id: delivery.id, reason, status, detail })
      return replies.text(status, detail)
    }
    verified?.()
    const { label, key: own } = identify(delivery, options.botId)
    const key = delivery.again ?? own
    const first = key === null ? null : deduplicator.firstOf(key)
    const shared = isMadeHere ? null : others
    const passed = first === null ? shared?.take({ delivery, label, key, since }) : null
    if (passed) return passed
    emit(deliveryNotice(delivery, label, { redelivery: first?.id, whose: shared === null ? undefined : 'mine' }))
    // What came before it in its conversation, when that was not for this bot yet, comes before it.
    const turn = shared?.turn(label.conversation)
    if (turn) await turn
    return first && !passesRepeats
      ? deduplicator.answer(first, left(since, patienceMs))
      : begin(delivery, label, key, since)
  }

  function begin(delivery: Delivery, label: Label, key: string | null, since: number): Promise<Reply> | Reply {
    deliveries += 1
    const { id, receivedAt } = delivery
    const recorded = journal.record(delivery, label, key)
    const tracked: Tracked = { id, key, receivedAt, recorded, state: 'waiting', reply: null, waiters: null }
    const item = createItem(delivery, label, tracked, { attempts: 0, since })
    item.answered = new Promise((resolve) => {
      item.answer = resolve
    })
    if (!submit(item)) return refuseFull(id)
    deduplicator.remember(tracked)
    item.cancelDeadline = clock.after(left(since, holdMs), () => holdOver(item))
    return item.answered
  }

  const left = (since: number, limitMs: number): number => Math.max(0, since + limitMs - clock.now())

  function submit(item: PlatformItem): boolean {
    const ticket = queue.submit(item)
    if (ticket === null) return false
    item.cancel = ticket.cancel
    open.add(item)
    return true
  }

  function refuseFull(id: string): Reply {
    journal.settle(id, 'returned', replies.full.status)
    rejections.add({ id, reason: 'full', status: 503, detail: 'too many deliveries are waiting for the bot' })
    return replies.full
  }

  /** Makes the change that an event makes: of the state, of the record, and of what the platform is told. */
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
        // What the journal knows is not kept here as well.
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

  /** Answers the platform if it still waits, and those that came again if this is final or a success. */
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
    const { state } = item.tracked
    if (!isSuccess(reply.status) && isOpen(state)) return giveUp(item, 'not-recorded', why)
    if (isSuccess(reply.status) && isOpen(state) && item.answer !== null)
      emit({ type: 'acknowledged', id, ms: Math.round(clock.now() - item.since) })
    answer(item, reply)
  }

  /** The longest wait for a bot that is not ready is over; one that has the delivery gets a little longer. */
  function holdOver(item: PlatformItem): void {
    if (isWaiting(item.tracked.state)) return late(item, 'the bot is not ready')
    item.cancelDeadline = clock.after(left(item.since, patienceMs), () =>
      late(item, 'the bot has not answered in time'),
    )
  }

  function late(item: PlatformItem, why: string): void {
    if (options.late === 'ack') apply(item, 'acknowledged', undefined, why)
    else giveUp(item, null, why)
  }

  /** Lets the platform send it again: what waits is not kept, what is at the bot goes on. */
  function giveUp(item: PlatformItem, event: 'not-recorded' | null, why: string): void {
    if (event !== null) apply(item, event)
    if (isWaiting(item.tracked.state)) item.cancel?.(why)
    else answer(item, replies.text(504, why))
  }

  const { replay, ...replaying } = createReplaying({
    submit: (item) => queue.submit(item),
    isUnderWay: (id) => open.items.some(({ tracked }) => tracked.id === id),
    journal,
    emit,
    answered: (id) => void broken.delete(id),
  })

  const queue = options.openQueue({
    // The first byte leaves only after this.
    sends: (item) => {
      if (item.kind === 'delivery') apply(item, 'sends')
    },
    refused: (item) => {
      if (item.kind === 'delivery') apply(item, 'refused')
    },
    ended: (item, attempt) => {
      if (item.kind === 'replay') return replaying.ended(item, attempt)
      const { outcome } = attempt
      if (outcome === 'answered') delivered += 1
      const isBroken = outcome === 'timed-out' || (outcome === 'interrupted' && !attempt.unsendable)
      const why = isBroken || outcome === 'answered' ? 'the connection to the bot broke' : attempt.reason
      apply(item, eventOf(attempt, options), outcome === 'answered' ? attempt.reply : undefined, why)
    },
  })

  function deliver(delivery: Delivery, label: Label, attempts: number): void {
    emit(deliveryNotice(delivery, label))
    const { id, receivedAt } = delivery
    const state = 'waiting-acknowledged'
    const tracked: Tracked = { id, key: null, receivedAt, recorded: true, state, reply: null, waiters: null }
    undelivered += 1
    if (!submit(createItem(delivery, label, tracked, { attempts, since: clock.now() }))) undelivered -= 1
  }

  async function end(): Promise<void> {
    const owed = open.items.filter(({ tracked }) => !isUndelivered(tracked.state))
    for (const item of owed) if (isWaiting(item.tracked.state)) item.cancel?.('dev-hook is ending')
    await raceTimeout(Promise.all(owed.flatMap(({ answered }) => answered ?? [])), END_MS, clock)
    await others?.end()
    rejections.close()
  }

  return {
    queue,
    accept,
    deliver,
    replay,
    end,
    totals: () => ({
      deliveries,
      delivered,
      undelivered,
      interrupted: broken.size,
    }),
  }
}
