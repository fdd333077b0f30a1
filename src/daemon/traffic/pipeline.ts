// The journey of one delivery: challenge, signature, seen before, queue, and an answer in time.

import { orAfter, raceTimeout } from '../../core/async.ts'
import { type Attempt, type Delivery, isSuccess, type Label, type RawHeaders, type Reply } from '../../core/delivery.ts'
import { createBag, type InBag } from '../../core/dense-list.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Emit, Totals } from '../../core/notices.ts'
import type { Journal, Queue, Recorded, Replayed, Ticket } from '../../core/ports.ts'
import { headerOf } from '../../core/raw-headers.ts'

import { challengeOf, challengeReply, decodeWho, HAND_OVER_HEADER, PROBE_AGENT } from '../../protocol/challenge.ts'

import { identify } from '../../protocol/payload.ts'
import { createAgain } from './deduplicator.ts'
import { createRedeliveries, type First } from './redeliveries.ts'
import { endOf, replayedBy, settleReplay } from './replay-rules.ts'
import { createReplies } from './replies.ts'
import type { Guard } from './signature-guard.ts'

export interface PipelineOptions {
  readonly queue: Queue
  readonly journal: Journal
  readonly guard: Guard
  readonly emit: Emit
  /** Who this dev-hook is, for those who send a challenge. */
  readonly who: string
  /** A challenge came that was not a probe of dev-hook's own. */
  readonly challenged: () => void
  /** Another dev-hook, which calls itself so, asks for the bot. */
  readonly handedOver: (by: string) => void
  /** A delivery came in. */
  readonly arrived: () => void
  readonly late: 'ack' | 'retry'
  readonly onBotError: 'ack' | 'pass'
  readonly holdMs: number
  /** Longest wait for a bot that has the delivery, from its arrival: the platform gives up at 20 s. */
  readonly patienceMs?: number
  readonly now?: () => number
}

export interface Pipeline {
  /** Answers one request of the hook path. Never rejects. */
  accept(delivery: Delivery): Promise<Reply>
  /**
   * This one goes to the bot now. One that was acknowledged is recorded as if the connection had broken: should dev-hook die
   * before the answer, nobody knows whether the bot has it, and it must not get it twice.
   */
  leaves(id: string): void
  /** It was refused, so the bot has nothing of it. */
  comesBack(id: string): void
  /** Delivers what an earlier run acknowledged; `n` is the number of its next attempt (1). Nobody waits for the answer. */
  deliver(delivery: Delivery, label: Label, n?: number): void
  /**
   * Forwards what a person asks to have again, as it is, in its lane; resolves when it is over. Aborting the signal takes it back
   * while it waits. Rejects with `replayRefused` when it is still on its way to the bot, or too much waits.
   */
  replay(delivery: Delivery, recorded: Recorded, edited: boolean, signal?: AbortSignal): Promise<Replayed>
  /** Whether this one is under way because a person asked, not the platform. */
  isReplay(id: string): boolean
  /** Answers what the platform still waits for: what the bot has may finish, for the rest it is told to come again. */
  end(): Promise<void>
  totals(): Omit<Totals, 'held' | 'longestHoldMs'>
}

/** A delivery that the bot has not answered yet. */
interface Open extends InBag {
  readonly id: string
  readonly ticket: Ticket
}

/** Creates the pipeline. It has no I/O of its own. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { queue, journal, guard, emit, late, onBotError, patienceMs = 18_000, now = Date.now } = options
  const holdMs = Math.min(options.holdMs, patienceMs)
  const redeliveries = createRedeliveries()
  const replies = createReplies(journal)
  const again = createAgain({ redeliveries, journal, replies, patienceMs, now })
  const open = createBag<Open>()
  const kept = new Set<string>()
  const broken = new Set<string>()
  const replaying = new Set<string>()
  let deliveries = 0
  let delivered = 0

  async function accept(delivery: Delivery): Promise<Reply> {
    const challenge = challengeOf(delivery.method, delivery.search)
    if (challenge !== null) {
      if (!isOwnProbe(delivery.headers)) options.challenged()
      const by = headerOf(delivery.headers, HAND_OVER_HEADER)
      if (by !== undefined) options.handedOver(decodeWho(by))
      return challengeReply(challenge, options.who)
    }
    options.arrived()
    const given = guard(delivery)
    const verdict = given instanceof Promise ? await given : given
    const { label, key } = identify(delivery)
    if (!verdict.pass) {
      journal.record(delivery, label, null)
      journal.settle(delivery.id, 'rejected', verdict.status)
      emit({
        type: 'rejected',
        id: delivery.id,
        reason: verdict.reason,
        status: verdict.status,
        detail: verdict.detail,
      })
      return replies.text(verdict.status, verdict.detail)
    }
    const first = key === null ? null : again.firstOf(key)
    announce(delivery, label, first?.id)
    return first ? again.answer(first) : begin(delivery, label, key)
  }

  function announce(delivery: Delivery, label: Label, redelivery?: string): void {
    const { event, conversation, text } = label
    const more = redelivery === undefined ? {} : { redelivery }
    emit({ type: 'delivery', id: delivery.id, event, conversation, text, bytes: delivery.body.length, ...more })
  }

  async function begin(delivery: Delivery, label: Label, key: string | null): Promise<Reply> {
    deliveries += 1
    const recorded = journal.record(delivery, label, key)
    const ticket = queue.submit(delivery, label.conversation)
    if (ticket === null) {
      journal.settle(delivery.id, 'returned', replies.full.status)
      const detail = 'too many deliveries wait for the bot'
      emit({ type: 'rejected', id: delivery.id, reason: 'full', status: 503, detail })
      return replies.full
    }
    const { id, receivedAt } = delivery
    const first: First | null =
      key === null ? null : { key, id, at: receivedAt, recorded, state: 'open', answers: null }
    const owed: Open = { id, ticket, place: -1 }
    open.add(owed)
    const final = ticket.done.then((attempt) => {
      open.remove(owed)
      return conclude(id, first, attempt)
    })
    const told = answerInTime(delivery, ticket, first, final)
    if (first !== null) {
      first.answers = { told, final }
      redeliveries.remember(first)
    }
    return told
  }

  /** What the end of the last attempt means: for the record, and for the platform should it still wait. */
  function conclude(id: string, first: First | null, attempt: Attempt): Reply | Promise<Reply> {
    if (attempt.outcome === 'answered') return concludeAnswer(id, first, attempt.reply)
    // What was acknowledged and may be with the bot already is not sent again by itself, like one whose connection broke.
    const mayHaveIt = attempt.outcome === 'cancelled' && attempt.sent && kept.has(id)
    if (attempt.outcome === 'cancelled' && !mayHaveIt) return giveBack(id, first, 503, attempt.reason)
    const acknowledged = kept.delete(id)
    if (late === 'retry' && !acknowledged) return giveBack(id, first, 502, 'the connection to the bot broke')
    journal.settle(id, 'interrupted', replies.received.status)
    broken.add(id)
    if (first !== null) first.state = 'kept'
    return replies.afterSync(id)
  }

  function concludeAnswer(id: string, first: First | null, reply: Reply): Reply | Promise<Reply> {
    const acknowledged = kept.delete(id)
    delivered += 1
    if (onBotError === 'pass' && !acknowledged && !isSuccess(reply.status)) {
      journal.settle(id, 'returned')
      // The platform will send it again, and then it is meant for the bot.
      if (first !== null) redeliveries.forget(first)
      return reply
    }
    if (first !== null) first.state = 'answered'
    if (isSuccess(reply.status)) {
      journal.settle(id, 'delivered')
      // What the journal knows is not kept here as well: thousands of replies in memory slow down every garbage collection.
      if (first?.recorded) first.answers = null
      return reply
    }
    if (first !== null) first.state = 'kept'
    journal.settle(id, 'delivered', replies.received.status)
    return replies.afterSync(id)
  }

  function giveBack(id: string, first: First | null, status: number, why: string): Reply {
    // Acknowledged already: it stays on disk for the next run.
    if (kept.has(id)) {
      journal.settle(id, 'acknowledged')
      return replies.received
    }
    journal.settle(id, 'returned', status)
    if (first !== null) redeliveries.forget(first)
    return replies.text(status, why)
  }

  /** The final answer if it comes in time; else what is owed at the end of the hold, or of the patience. */
  async function answerInTime(
    delivery: Delivery,
    ticket: Ticket,
    first: First | null,
    final: Promise<Reply>,
  ): Promise<Reply> {
    const held = await within(final, delivery.receivedAt + holdMs - now())
    if (held !== null) return held
    if (ticket.phase() === 'waiting') return lateAnswer(delivery, ticket, first, 503, 'the bot is not ready')
    const slow = await within(final, delivery.receivedAt + patienceMs - now())
    if (slow !== null) return slow
    return lateAnswer(delivery, ticket, first, 504, 'the bot has not answered in time')
  }

  async function lateAnswer(
    { id, receivedAt }: Delivery,
    ticket: Ticket,
    first: First | null,
    status: number,
    why: string,
  ): Promise<Reply> {
    if (late === 'ack' && ticket.phase() !== 'done') {
      kept.add(id)
      journal.settle(id, ticket.phase() === 'sent' ? 'interrupted' : 'acknowledged', replies.received.status)
      const reply = await replies.afterSync(id)
      if (isSuccess(reply.status)) {
        if (kept.has(id) && first !== null) first.state = 'kept'
        emit({ type: 'acknowledged', id, ms: now() - receivedAt })
        return reply
      }
      kept.delete(id)
    }
    if (ticket.phase() === 'waiting') ticket.cancel(why)
    return replies.text(status, why)
  }

  function leaves(id: string): void {
    if (kept.has(id)) journal.settle(id, 'interrupted')
  }

  function comesBack(id: string): void {
    if (kept.has(id)) journal.settle(id, 'acknowledged')
  }

  function deliver(delivery: Delivery, label: Label, n?: number): void {
    announce(delivery, label)
    kept.add(delivery.id)
    const ticket = queue.submit(delivery, label.conversation, undefined, n)
    if (ticket === null) return void kept.delete(delivery.id)
    void ticket.done.then((attempt) => conclude(delivery.id, null, attempt))
  }

  async function replay(
    delivery: Delivery,
    { id, label, attempts }: Recorded,
    edited: boolean,
    signal?: AbortSignal,
  ): Promise<Replayed> {
    if (open.items.some((one) => one.id === id) || kept.has(id) || replaying.has(id))
      throw new DevHookError('replayRefused', `delivery ${id} is still on its way to the bot`)
    const { event, conversation, text } = label
    emit({ type: 'replay', id, event, conversation, text, bytes: delivery.body.length, edited })
    replaying.add(id)
    try {
      const ticket = queue.submit(delivery, conversation, delivery.headers, attempts + 1)
      if (ticket === null) throw new DevHookError('replayRefused', 'too many deliveries wait for the bot')
      const attempt = await endOf(ticket, signal)
      settleReplay(journal, id, attempt)
      if (attempt.outcome === 'answered') broken.delete(id)
      // Refused ones may have come before it.
      return replayedBy(id, journal.find(id)?.attempts ?? attempts + 1, attempt)
    } finally {
      replaying.delete(id)
    }
  }

  async function end(): Promise<void> {
    const owed = open.items.filter(({ id }) => !kept.has(id)).map(({ ticket }) => ticket)
    for (const ticket of owed) {
      if (ticket.phase() === 'waiting') ticket.cancel('dev-hook is ending')
    }
    await raceTimeout(Promise.allSettled(owed.map((ticket) => ticket.done)), END_MS)
  }

  return {
    accept,
    leaves,
    comesBack,
    deliver,
    replay,
    isReplay: (id) => replaying.has(id),
    end,
    totals: () => ({ deliveries, delivered, undelivered: kept.size, interrupted: broken.size }),
  }
}

/** How long what is at the bot may take to answer at the end, while the tunnel can still carry the answer. */
const END_MS = 900

const isOwnProbe = (headers: RawHeaders): boolean => headerOf(headers, 'user-agent') === PROBE_AGENT

const within = (final: Promise<Reply>, ms: number): Promise<Reply | null> =>
  orAfter<Reply | null>(final, Math.max(0, ms), () => null)
