// Signed deliveries of events to the webhooks that subscribe to them, repeated until they are received.
// Source: developers.web1on1.chat/webhooks/{verification,responding}.

import { createSharedAbort, ignoreAbort, poll } from '../../core/async.ts'
import { isSuccess } from '../../core/delivery.ts'
import { messageOf } from '../../core/errors.ts'
import { asText } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'
import type { Pace } from '../../core/pace.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Payload } from '../../protocol/envelope.ts'
import { signatureHeaders } from '../../protocol/signature.ts'
import { MAX_KEPT, pushBounded } from '../bounds.ts'
import { createByteBudget } from '../byte-budget.ts'
import type { Chaos, DeliveryChaos } from '../chaos/chaos.ts'
import { createDisturbing, type DisturbedDelivery, holdWhileTimeRuns } from '../chaos/disturb-delivery.ts'
import { getIn } from '../json-path.ts'
import type { Activity } from '../time/activity.ts'
import type { PlatformClock } from '../time/platform-clock.ts'
import { timeUuid } from '../time/time-uuid.ts'
import { webhookOrigin } from './locations.ts'
import type { Outgoing, WebhookAnswer } from './outgoing.ts'
import type { Subscriber } from './registrations.ts'

/** How a delivery is repeated: first after `firstMs`, then `factor` times as long, at most `maxMs`, for `forMs` in all. */
export interface RetrySchedule {
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
  readonly forMs: number
}

/**
 * One attempt to deliver an event: when it began, in milliseconds since the epoch, and how long it took, by the platform's clock.
 * `status` is `null` when no complete answer came, and `error` says why; `body` is what was answered, as long as it is short.
 */
type DeliveryAttempt = { readonly at: number; readonly ms: number } & (
  | { readonly status: number; readonly body: string | null }
  | { readonly status: null; readonly error: string }
)

/** An event on its way to one webhook. `dropped`: too many were on their way already. */
export interface SandboxDelivery {
  /** The same in every attempt. */
  readonly id: string
  readonly event: string
  /** The id of the message that it is about. */
  readonly message: string | null
  /** The id of the conversation that it happened in. */
  readonly conversation: string | null
  /** What is delivered; `null` once so much came after it that there was no room for it. */
  payload(): Payload | null
  /** The length of the body. */
  readonly bytes: number
  /** Scheme, host and port of the webhook. */
  readonly origin: string
  /** The last hundred, oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
  /** How often the webhook was sent it, what is under way included. */
  readonly sent: number
  readonly state: 'pending' | 'delivered' | 'given-up' | 'dropped'
  /** How it ended at the bot, as told by whoever stands between and may answer in its place; `null` while nobody has told. */
  readonly atBot: AtBot | null
}

/** The status that the bot answered; `null` when the connection broke before it had. */
export interface AtBot {
  readonly status: number | null
}

/** A delivery while it changes. */
interface OpenDelivery extends SandboxDelivery {
  readonly attempts: DeliveryAttempt[]
  /** What the message says that it is about. */
  readonly text: string | null
  sent: number
  state: SandboxDelivery['state']
  atBot: AtBot | null
  forget(): void
}

/** A delivery with all that its attempts need. */
interface Dispatch {
  readonly delivery: OpenDelivery
  readonly payload: Payload
  readonly subscriber: Subscriber
  readonly body: Buffer
  readonly disturbed: DeliveryChaos
  readonly signal: AbortSignal
}

/** What a delivery tells of, as far as whoever received it knows. */
export interface DeliveryContent {
  readonly event: string | null
  readonly conversation: string | null
  readonly text: string | null
}

export interface Webhooks {
  /** Sends an event to every webhook that subscribes to it; returns one delivery for each. Does not wait for answers. */
  deliver(payload: Payload, place: readonly string[] | null): readonly SandboxDelivery[]
  /** The deliveries that announce a message. */
  of(message: string): readonly SandboxDelivery[]
  /** The last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** Remembers how the latest delivery that tells this ended at the bot; returns it. */
  reportAnswer(told: DeliveryContent, atBot: AtBot): SandboxDelivery | undefined
  /** Makes no more attempts; what is under way ends with `Outgoing`. */
  stop(): void
  /** Forgets every delivery, and makes no more attempts at them. */
  clear(): void
}

export interface WebhooksOptions {
  readonly outgoing: Outgoing
  readonly subscribers: (event: string, place: readonly string[] | null) => readonly Subscriber[]
  readonly retry: RetrySchedule
  readonly clock: PlatformClock
  readonly chaos: Pick<Chaos, 'seed' | 'delivery' | 'act'>
  readonly activity: Pick<Activity, 'hold'>
  /** Called after every attempt, with the answer if there was one, and the URL that it went to. */
  readonly onAttempt: (delivery: SandboxDelivery, payload: Payload, answer: WebhookAnswer | null, url: string) => void
}

const ATTEMPTS_KEPT = 100
/** How many bytes of what was delivered are kept. */
const MAX_BODY_BYTES = 32 * 1024 * 1024
/** The longest body of an answer that is kept. */
const MAX_ANSWER_LENGTH = 10_000

/** Starts delivering events to webhooks. */
// One story: one delivery from its event to its last attempt, and what is remembered of it meanwhile.
export function startWebhooks(options: WebhooksOptions): Webhooks {
  const { outgoing, subscribers, retry, clock, chaos, activity, onAttempt } = options
  const disturb = createDisturbing(options)
  const bodies = createByteBudget(MAX_BODY_BYTES)
  const deliveries: OpenDelivery[] = []
  // Whoever waits for an answer looks at the deliveries of one message, again and again.
  const byMessage = new Map<string, readonly OpenDelivery[]>()
  let stopping = createSharedAbort()
  let pending = 0

  function start(payload: Payload, subscriber: Subscriber, disturbed: DeliveryChaos): SandboxDelivery {
    // The bytes are made once: every attempt sends, and signs, the same.
    const body = Buffer.from(JSON.stringify(payload))
    const delivery = newDelivery(payload, subscriber, body, pending < MAX_KEPT ? 'pending' : 'dropped')
    bodies.keep(body.length, delivery.forget)
    keep(delivery)
    if (delivery.state === 'dropped') return delivery
    pending += 1
    const { signal } = stopping
    const attempts = attemptsOf({ delivery, payload, subscriber, body, disturbed, signal })
    void ignoreAbort(
      disturb(disturbed, attempts, signal).finally(() => {
        pending -= 1
      }),
      signal,
    )
    return delivery
  }

  function keep(delivery: OpenDelivery): void {
    const oldest = deliveries.length === MAX_KEPT ? deliveries[0] : undefined
    if (oldest?.message != null) byMessage.delete(oldest.message)
    pushBounded(deliveries, delivery)
    const { message } = delivery
    if (message !== null) byMessage.set(message, [...(byMessage.get(message) ?? []), delivery])
  }

  function attemptsOf({ delivery, payload, subscriber, body, disturbed, signal }: Dispatch): DisturbedDelivery {
    const { url, secret } = subscriber
    const { isLost } = disturbed
    const headers = { 'Content-Type': 'application/json', ...(secret === null ? {} : signatureHeaders(body, secret)) }
    const beganAt = clock.now()
    const send = (): Promise<WebhookAnswer | string> => {
      delivery.sent += 1
      return outgoing.call('POST', url, headers, body).catch((error: unknown) => messageOf(error))
    }
    let found: Off = () => undefined
    const attempt = async (n: number): Promise<SandboxDelivery['state']> => {
      found()
      const at = clock.now()
      const isLostNow = isLost(n)
      if (isLostNow) found = holdWhileTimeRuns(clock, activity)
      const answer = isLostNow ? lost(delivery) : await send()
      signal.throwIfAborted()
      const outcome = typeof answer === 'string' ? { status: null, error: answer } : asOutcome(answer)
      const now = clock.now()
      pushBounded(delivery.attempts, { at, ms: now - at, ...outcome }, ATTEMPTS_KEPT)
      if (delivery.state === 'pending')
        delivery.state = stateAfter(outcome.status, now + waitAfter(n, retry) - beganAt > retry.forMs)
      onAttempt(delivery, payload, typeof answer === 'string' ? null : answer, url)
      return delivery.state
    }
    const pace: Pace = ({ n }) => waitAfter(n, retry)
    return {
      name: nameOf(delivery),
      lane: `${delivery.origin} ${delivery.conversation}`,
      untilReceived: async () => {
        const ended = poll(attempt, (state) => state !== 'pending', { pace, signal, clock })
        return (await ended.finally(() => found())) === 'delivered'
      },
      once: () => attempt(delivery.attempts.length).finally(() => found()),
    }
  }

  function lost(delivery: OpenDelivery): string {
    chaos.act('drop', `${nameOf(delivery)} is lost on its way`)
    return `it was lost on its way (chaos, seed ${chaos.seed})`
  }

  return {
    deliveries,
    of: (message) => byMessage.get(message) ?? [],
    deliver: (payload, place) =>
      // A receiver that is sent an event through two webhooks must not take the second for a repetition of the first.
      subscribers(payload.event, place).map((subscriber, index) =>
        start(
          index === 0 ? payload : { ...payload, id: timeUuid(clock.now()) },
          subscriber,
          chaos.delivery(payload, index),
        ),
      ),
    reportAnswer: ({ event, conversation, text }, atBot) => {
      const tellsIt = (one: OpenDelivery): boolean =>
        one.event === event && one.conversation === conversation && one.text === text
      const delivery = deliveries.findLast(tellsIt)
      if (delivery !== undefined) delivery.atBot = atBot
      return delivery
    },
    stop: () => stopping.abort(),
    clear: () => {
      stopping.abort()
      stopping = createSharedAbort()
      deliveries.length = 0
      byMessage.clear()
    },
  }
}

function newDelivery(
  { id, event, data }: Payload,
  { url }: Subscriber,
  body: Buffer,
  state: SandboxDelivery['state'],
): OpenDelivery {
  let kept: Buffer | null = body
  const message = asText(getIn(data, ['message', 'id']))
  const conversation = asText(getIn(data, ['conversation', 'id']))
  const text = asText(getIn(data, ['message', 'text']))
  return {
    id,
    event,
    message,
    conversation,
    bytes: body.length,
    origin: webhookOrigin(url),
    text,
    attempts: [],
    sent: 0,
    state,
    atBot: null,
    payload: () => (kept === null ? null : JSON.parse(kept.toString())),
    forget: () => {
      kept = null
    },
  }
}

const asOutcome = ({ status, body }: WebhookAnswer): { readonly status: number; readonly body: string | null } => ({
  status,
  body: body !== null && body.length <= MAX_ANSWER_LENGTH ? body : null,
})

/** `message.create.contact.chat "hi"` */
const nameOf = ({ event, text }: OpenDelivery): string => (text === null ? event : `${event} "${sanitize(text, 40)}"`)

/** How long to wait after the attempt with this number, from 0, in ms. */
const waitAfter = (n: number, { firstMs, factor, maxMs }: RetrySchedule): number =>
  Math.min(maxMs, firstMs * factor ** n)

function stateAfter(status: number | null, late: boolean): SandboxDelivery['state'] {
  if (status !== null && isSuccess(status)) return 'delivered'
  return late ? 'given-up' : 'pending'
}
