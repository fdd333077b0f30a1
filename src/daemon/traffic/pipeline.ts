// The way of a delivery to the bot: challenge, signature, whose it is, whether it came before, and then the queue.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Attempt, Delivery, Label, Reply } from '../../core/delivery.ts'
import { createRefusalNotices } from '../../core/http/refusal-notices.ts'
import type { Emit, Totals } from '../../core/notices.ts'
import type { Journal, Queue } from '../../core/ports.ts'
import { challengeOf } from '../../protocol/challenge.ts'
import { identify } from '../../protocol/payload.ts'
import { deliveryNotice } from '../record/delivery-notice.ts'
import type { AnswerChallenge } from './answer-challenge.ts'
import { createDeduplicator, type Tracked } from './deduplicator.ts'
import type { TrafficPolicy } from './delivery-state.ts'
import { createLifecycle } from './lifecycle.ts'
import type { Others } from './others/others.ts'
import { createItem, expectAnswer, type PlatformItem } from './platform-item.ts'
import { createRefusedRecord } from './refused-record.ts'
import { createReplaying, type ReplayItem, type Replaying } from './replay/replaying.ts'
import { createReplies } from './replies.ts'
import type { Guard, Refused } from './signature-guard.ts'
import { msLeft, PATIENCE_MS } from './time-limits.ts'

/** What the pipeline puts into the queue. */
export type PipelineItem = PlatformItem | ReplayItem

/** What the queue reports of an item. */
export interface ItemEvents {
  sends(item: PipelineItem): void
  refused(item: PipelineItem): void
  ended(item: PipelineItem, attempt: Attempt): void
}

export interface PipelineOptions extends TrafficPolicy {
  /** Opens the queue, which reports to `on`. */
  readonly openQueue: (on: ItemEvents) => Queue<PipelineItem>
  readonly journal: Journal
  readonly guard: Guard
  readonly emit: Emit
  /** The id of the bot that the deliveries are for. */
  readonly botId: string
  readonly answerChallenge: AnswerChallenge
  /** Takes the deliveries that are not for this bot; `null` when all of them are. Default `null`. */
  readonly others?: Others | null
  /** Whether redeliveries go to the bot, as they would without dev-hook. Default false. */
  readonly passesRepeats?: boolean
  /** Called for each delivery that comes in. */
  readonly arrived: () => void
  /** The longest wait for a bot that is not ready, in ms from the arrival of the request's head. */
  readonly holdMs: number
  /** The same for a bot that has the delivery. Default `PATIENCE_MS`. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

export interface Pipeline extends Pick<Replaying, 'replay'> {
  readonly queue: Queue<PipelineItem>
  /**
   * Answers a request on the hook path, whose head arrived at `since` of the monotonic clock; calls `verified` once it has passed
   * the guard. One that dev-hook made itself (`isMadeHere`) is for this bot, whatever `--only` says. Never rejects.
   */
  accept(delivery: Delivery, since: number, verified?: () => void, isMadeHere?: boolean): Promise<Reply>
  /** Delivers what an earlier run acknowledged, after `attempts` attempts. Nobody waits for the answer. */
  deliver(delivery: Delivery, label: Label, attempts: number): void
  /** Answers everyone who still waits: the bot may finish what it has; the rest is for the platform to send again. */
  end(): Promise<void>
  totals(): Pick<Totals, 'deliveries' | 'delivered' | 'undelivered' | 'interrupted'>
}

/** Creates the pipeline of a run. It does no I/O of its own. */
// One story: the functions stand in the order in which a delivery passes them.
export function createPipeline(options: PipelineOptions): Pipeline {
  const {
    journal,
    guard,
    emit,
    others = null,
    passesRepeats = false,
    patienceMs = PATIENCE_MS,
    clock = MONOTONIC,
  } = options
  const replies = createReplies(journal)
  const deduplicator = createDeduplicator({ journal, replies, clock })
  const refused = createRefusedRecord(journal)
  const rejections = createRefusalNotices((rejection) => emit({ type: 'rejected', ...rejection }), clock)
  let deliveries = 0

  async function accept(delivery: Delivery, since: number, verified?: () => void, isMadeHere = false): Promise<Reply> {
    const challenge = challengeOf(delivery.method, delivery.search)
    if (challenge !== null) return options.answerChallenge(challenge, delivery.headers)
    options.arrived()
    const checked = guard(delivery)
    const verdict = checked instanceof Promise ? await checked : checked
    if (!verdict.pass) return refuseUnsigned(delivery, verdict)
    verified?.()
    const { label, key: own } = identify(delivery, options.botId)
    const key = delivery.again ?? own
    const shared = isMadeHere ? null : others
    if (shared !== null) {
      const passed = firstOf(key) === null ? shared.take({ delivery, label, key, since }) : null
      if (passed !== null) return passed
      // What came before it in its conversation, and was not for this bot, comes first.
      await shared.turn(label.conversation)
    }
    const first = firstOf(key)
    emit(deliveryNotice(delivery, label, { redelivery: first?.id, whose: shared === null ? undefined : 'mine' }))
    return first && !passesRepeats
      ? deduplicator.answer(first, msLeft(since, patienceMs, clock.now()))
      : begin(delivery, label, key, since)
  }

  function refuseUnsigned(delivery: Delivery, { reason, status, detail }: Refused): Reply {
    refused.add(delivery, status)
    rejections.add({ id: delivery.id, reason, status, detail })
    return replies.text(status, detail)
  }

  const firstOf = (key: string | null): Tracked | null => (key === null ? null : deduplicator.firstOf(key))

  function begin(delivery: Delivery, label: Label, key: string | null, since: number): Promise<Reply> | Reply {
    deliveries += 1
    const { id, receivedAt } = delivery
    const recorded = journal.record(delivery, label, key)
    const tracked: Tracked = { id, key, receivedAt, recorded, state: 'waiting', reply: null, waiters: null }
    const item = createItem(delivery, label, tracked, { attempts: 0, since })
    const answered = expectAnswer(item)
    if (!lifecycle.begin(item)) return refuseFull(id)
    deduplicator.remember(tracked)
    return answered
  }

  function refuseFull(id: string): Reply {
    journal.settle(id, 'returned', replies.full.status)
    rejections.add({ id, reason: 'full', status: 503, detail: 'too many deliveries are waiting for the bot' })
    return replies.full
  }

  const lifecycle = createLifecycle({
    ...options,
    submit: (item) => queue.submit(item),
    replies,
    deduplicator,
    patienceMs,
    clock,
  })

  const { replay, ...replaying } = createReplaying({
    submit: (item) => queue.submit(item),
    isUnderWay: lifecycle.isUnderWay,
    journal,
    emit,
    answered: lifecycle.replayed,
  })

  const queue = options.openQueue({
    sends: (item) => {
      if (item.kind === 'delivery') lifecycle.sends(item)
    },
    refused: (item) => {
      if (item.kind === 'delivery') lifecycle.refused(item)
    },
    ended: (item, attempt) => {
      if (item.kind === 'delivery') lifecycle.ended(item, attempt)
      else replaying.ended(item, attempt)
    },
  })

  function deliver(delivery: Delivery, label: Label, attempts: number): void {
    emit(deliveryNotice(delivery, label))
    const { id, receivedAt } = delivery
    const state = 'waiting-acknowledged'
    const tracked: Tracked = { id, key: null, receivedAt, recorded: true, state, reply: null, waiters: null }
    lifecycle.begin(createItem(delivery, label, tracked, { attempts, since: clock.now() }))
  }

  async function end(): Promise<void> {
    await lifecycle.end()
    await others?.end()
    rejections.close()
  }

  return { queue, accept, deliver, replay, end, totals: () => ({ deliveries, ...lifecycle.totals() }) }
}
