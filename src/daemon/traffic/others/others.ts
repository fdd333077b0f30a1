// The deliveries of others, with `--only`: passed on to where the webhook pointed before, whose answer is the platform's.
import { type Clock, MONOTONIC, raceTimeout } from '../../../core/async.ts'
import type { Attempt, Delivery, Label, RawHeaders, Reply } from '../../../core/delivery.ts'
import { VIA_HEADER, viaOf } from '../../../core/hook-url.ts'
import { MAX_PASSING_BYTES } from '../../../core/limits.ts'
import { type Emit, type Totals, warning } from '../../../core/notices.ts'
import type { Journal } from '../../../core/ports.ts'
import type { Passer } from '../../../delivery/passer.ts'
import { jsonInBody } from '../../../protocol/body-json.ts'
import type { Ownership } from '../../../protocol/only/ownership.ts'
import { checkSignature, resign } from '../../../protocol/signature.ts'
import { deliveryNotice } from '../../record/delivery-notice.ts'
import type { Replies } from '../replies.ts'
import type { FormerReceiver } from './former-receiver.ts'
import { createPassedKeys } from './passed-keys.ts'

export interface OthersOptions {
  readonly ownership: Ownership
  readonly passer: Passer
  /** Who gets them now; `null` where there is nobody. */
  readonly former: () => FormerReceiver | null
  /** The secret that they are signed with, as far as it is known. */
  readonly secret: () => string | null
  readonly runId: string
  readonly journal: Pick<Journal, 'record' | 'settle'>
  readonly replies: Pick<Replies, 'text' | 'full'>
  readonly emit: Emit
  /** The longest wait for the other one, in ms from the arrival of the request's head: the platform gives up at 20 s. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

/** A delivery that came in, and what it is about. */
interface Incoming {
  readonly delivery: Delivery
  readonly label: Label
  /** What it is recognised by when it comes again. */
  readonly key: string | null
  /** When its head arrived, on the monotonic clock. */
  readonly since: number
}

export interface Others {
  /** Answers a delivery that is not for this bot; `null` for one that is. Never rejects. */
  take(incoming: Incoming): Promise<Reply> | null
  /** Resolves when nothing of a conversation is under way to the others any more, or after a while; `null` when nothing is. */
  turn(conversation: string | null): Promise<unknown> | null
  /** Waits a moment for what is under way, then gives it up: the platform is told to come again. */
  end(): Promise<void>
  totals(): Pick<Totals, 'passed' | 'ignored'>
}

/** As with the lanes of the bot: an answer is waited for so long before the next delivery of the conversation goes. */
const TURN_MS = 5_000
const MAX_UNDER_WAY = 1_024
/** How long what is under way may take at the end, while the tunnel can still carry the answer. */
const END_MS = 900
/** More are passed on without a record: the journal keeps the newest of all, and is there for those of this bot. */
const MAX_RECORDED = 5_000
/** As many dev-hooks as may stand one behind the other. */
const MAX_VIA = 16

/** Creates it. */
// One story: a delivery from its door to its answer, with what is counted on the way.
export function createOthers(options: OthersOptions): Others {
  const { ownership, passer, former, secret, runId, journal, replies, emit } = options
  const { patienceMs = 18_000, clock = MONOTONIC } = options
  const keys = createPassedKeys()
  /** The last delivery of each conversation that is under way. */
  const tails = new Map<string, Promise<unknown>>()
  const underWay = new Set<Promise<unknown>>()
  const counts = { passed: 0, ignored: 0 }
  let bytes = 0
  let recorded = 0
  let isLoopSaid = false

  function take({ delivery, label, key, since }: Incoming): Promise<Reply> | null {
    const via = viaOf(delivery.headers)
    if (via.includes(runId) || via.length >= MAX_VIA) return Promise.resolve(refuseLoop())
    // What went to the others once does so again, even if its conversation has become mine since: they may have it already.
    if (!keys.has(key) && ownership.isMine(jsonInBody(delivery.headers, delivery.body))) return null
    const to = former()
    if (to === null) return Promise.resolve(ignore(delivery, label))
    const redelivery = keys.add(key, delivery.id)
    counts.passed += 1
    emit(deliveryNotice(delivery, label, { whose: 'passed', redelivery }))
    const settle = record(delivery, label, key)
    const passing = pass(delivery, to, [...via, runId], since).then(({ reply, reason }) => {
      settle?.(reply.status)
      const ms = Math.round(clock.now() - since)
      emit({ type: 'passed', id: delivery.id, status: reply.status, ms, ...(reason !== null && { reason }) })
      return reply
    })
    follow(label.conversation, passing)
    return passing
  }

  function ignore(delivery: Delivery, label: Label): Reply {
    counts.ignored += 1
    emit(deliveryNotice(delivery, label, { whose: 'ignored' }))
    if (record(delivery, label, null) !== null) journal.settle(delivery.id, 'ignored', 200)
    return replies.text(200, 'ignored: not for this bot, and there is nobody else')
  }

  /** Records a delivery, as long as there is room; what settles it then. */
  function record(delivery: Delivery, label: Label, key: string | null): ((status: number) => void) | null {
    if (recorded >= MAX_RECORDED || !journal.record(delivery, label, key)) return null
    recorded += 1
    return (status) => journal.settle(delivery.id, 'passed', status)
  }

  async function pass(
    delivery: Delivery,
    { to, secret: theirs, isDevHook }: FormerReceiver,
    via: readonly string[],
    since: number,
  ): Promise<Passed> {
    if (to === null) {
      const reason = 'the receiver is neither https nor on the machine of the platform'
      return { reply: replies.text(502, `not passed on: ${reason}`), reason }
    }
    const { length } = delivery.body
    if (underWay.size >= MAX_UNDER_WAY || bytes + length > MAX_PASSING_BYTES)
      return { reply: replies.full, reason: 'too much is under way to the receiver' }
    bytes += length
    const headers = signedFor(delivery, theirs, secret())
    const attempt = passer.pass(delivery, to, headers, isDevHook ? [VIA_HEADER, via.join(' ')] : [])
    const left = Math.max(0, since + patienceMs - clock.now())
    let isLate = false
    const cancelDeadline = clock.after(left, () => {
      isLate = true
      attempt.cancel('the receiver has not answered in time')
    })
    const ended = await attempt.done
    cancelDeadline()
    bytes -= length
    return passedBy(ended, isLate, replies)
  }

  function follow(conversation: string | null, passing: Promise<unknown>): void {
    underWay.add(passing)
    const before = conversation === null ? undefined : tails.get(conversation)
    const tail = before === undefined ? passing : Promise.all([before, passing])
    if (conversation !== null) tails.set(conversation, tail)
    void tail.then(() => {
      underWay.delete(passing)
      if (conversation !== null && tails.get(conversation) === tail) tails.delete(conversation)
    })
  }

  function refuseLoop(): Reply {
    if (!isLoopSaid) emit(warning('passLoop', 'a delivery that was passed on from here came back here'))
    isLoopSaid = true
    return replies.text(508, 'dev-hooks pass on to one another in a circle')
  }

  return {
    take,
    turn: (conversation) => {
      const tail = conversation === null ? undefined : tails.get(conversation)
      return tail === undefined ? null : raceTimeout(tail, TURN_MS, clock)
    },
    end: async () => {
      if (underWay.size > 0) await raceTimeout(Promise.all(underWay), END_MS, clock)
      await passer.close()
    },
    totals: () => counts,
  }
}

/** What the platform is answered, and why in our own name; `null` where it is the other one's answer. */
interface Passed {
  readonly reply: Reply
  readonly reason: string | null
}

/** Never "received" in the other one's name. */
function passedBy(attempt: Attempt, isLate: boolean, replies: Pick<Replies, 'text'>): Passed {
  if (attempt.outcome === 'answered') return { reply: attempt.reply, reason: null }
  const { reason } = attempt
  const status = isLate ? 504 : attempt.outcome === 'cancelled' ? 503 : 502
  return { reply: replies.text(status, `passed on, without success: ${reason}`), reason }
}

/**
 * The headers of a delivery, signed with the other one's secret where that is another one by now. What is not signed rightly stays
 * so: it must not become right on its way through here.
 */
function signedFor(delivery: Delivery, theirs: string | null, ours: string | null): RawHeaders {
  const { headers, body } = delivery
  if (theirs === null || ours === null || theirs === ours) return headers
  return checkSignature(headers, body, ours) === 'right' ? resign(headers, body, theirs) : headers
}
