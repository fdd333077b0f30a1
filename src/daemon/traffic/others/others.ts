// With `--only`, the deliveries that are not for this bot: passed on to where the webhook pointed before, and answered as that answers.
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
import { END_MS, msLeft, PATIENCE_MS } from '../time-limits.ts'
import type { FormerReceiver } from './former-receiver.ts'
import { createPassedKeys } from './passed-keys.ts'

export interface OthersOptions {
  readonly ownership: Ownership
  readonly passer: Passer
  /** Who gets them now; `null` when there is nobody. */
  readonly former: () => FormerReceiver | null
  /** The secret that they are signed with; `null` while it is not known. */
  readonly secret: () => string | null
  readonly runId: string
  readonly journal: Pick<Journal, 'record' | 'settle'>
  readonly replies: Pick<Replies, 'text' | 'full'>
  readonly emit: Emit
  /** The longest wait for the receiver, in ms from the arrival of the request's head. Default `PATIENCE_MS`. */
  readonly patienceMs?: number
  readonly clock?: Clock
}

/** A delivery that has passed the signature guard. */
interface Incoming {
  readonly delivery: Delivery
  readonly label: Label
  /** By which redeliveries are recognised; `null` if they cannot be. */
  readonly key: string | null
  /** When its head arrived, on the monotonic clock. */
  readonly since: number
}

export interface Others {
  /** Passes a delivery on if it is not for this bot, and resolves with the answer; `null` if it is for this bot. Never rejects. */
  take(incoming: Incoming): Promise<Reply> | null
  /** Resolves when no delivery of a conversation is being passed on any more, or after a while; `null` when none is. */
  turn(conversation: string | null): Promise<unknown> | null
  /** Waits a moment for what is being passed on, then gives it up: the platform is to send it again. */
  end(): Promise<void>
  totals(): Pick<Totals, 'passed' | 'ignored'>
}

/** How long the next delivery of a conversation waits for the answer to the one before, as in the lanes of the bot. */
const TURN_MS = 5_000
const MAX_UNDER_WAY = 1_024
/** How many are recorded; more are passed on without a record, so that they do not push those of this bot out of the journal. */
const MAX_RECORDED = 5_000
/** How many dev-hooks may pass a delivery on to one another. */
const MAX_VIA = 16

/** Creates what passes on the deliveries of a run that are not for its bot. */
// One story: the functions stand in the order in which a delivery passes them.
export function createOthers(options: OthersOptions): Others {
  const { ownership, passer, former, secret, runId, journal, replies, emit } = options
  const { patienceMs = PATIENCE_MS, clock = MONOTONIC } = options
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
    // A redelivery goes where the first one went, even if its conversation has become mine since: the receiver may have it already.
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
    track(label.conversation, passing)
    return passing
  }

  function ignore(delivery: Delivery, label: Label): Reply {
    counts.ignored += 1
    emit(deliveryNotice(delivery, label, { whose: 'ignored' }))
    if (record(delivery, label, null) !== null) journal.settle(delivery.id, 'ignored', 200)
    return replies.text(200, 'ignored: not for this bot, and there is nobody else')
  }

  /** Records a delivery as long as there is room; returns what settles it, or `null` if it is not recorded. */
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
    let isLate = false
    const cancelDeadline = clock.after(msLeft(since, patienceMs, clock.now()), () => {
      isLate = true
      attempt.cancel('the receiver has not answered in time')
    })
    const ended = await attempt.done
    cancelDeadline()
    bytes -= length
    return passedBy(ended, isLate, replies)
  }

  function track(conversation: string | null, passing: Promise<unknown>): void {
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

/** The answer to the platform. `reason` is why dev-hook gives it; `null` when it is the receiver's own. */
interface Passed {
  readonly reply: Reply
  readonly reason: string | null
}

/** The answer after an attempt to pass a delivery on. dev-hook never says "received" in the receiver's name. */
function passedBy(attempt: Attempt, isLate: boolean, replies: Pick<Replies, 'text'>): Passed {
  if (attempt.outcome === 'answered') return { reply: attempt.reply, reason: null }
  const { reason } = attempt
  const status = isLate ? 504 : attempt.outcome === 'cancelled' ? 503 : 502
  return { reply: replies.text(status, `passed on, without success: ${reason}`), reason }
}

/**
 * The headers of a delivery, signed anew if the receiver's secret is another one. A wrong signature stays wrong: it must not become
 * right by being passed on.
 */
function signedFor(delivery: Delivery, theirs: string | null, ours: string | null): RawHeaders {
  const { headers, body } = delivery
  if (theirs === null || ours === null || theirs === ours) return headers
  return checkSignature(headers, body, ours) === 'right' ? resign(headers, body, theirs) : headers
}
