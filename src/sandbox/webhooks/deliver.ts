// Signed deliveries of events to webhooks, tried again until they are received.
// Source: developers.web1on1.chat/webhooks/{verification,responding}.

import { randomUUID } from 'node:crypto'
import { isSuccess } from '../../core/delivery.ts'
import { messageOf } from '../../core/errors.ts'
import { asRecord, asText, type Json } from '../../core/json.ts'
import { signatureHeaders } from '../../protocol/signature.ts'
import type { Payload } from '../../protocol/templates.ts'
import { KEPT, remember } from '../bounds.ts'
import { getIn } from '../json-path.ts'
import { originOf } from './locations.ts'
import type { Answer, Outgoing } from './outgoing.ts'
import type { Target } from './registrations.ts'

/** How a delivery is repeated: first after `firstMs`, then `factor` times as long, at most `maxMs`, for `forMs` in all. */
export interface Retry {
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
  readonly forMs: number
}

/** One call; `at` in milliseconds since the epoch. `status` is `null` when no complete answer came, and `error` says why. */
export type DeliveryAttempt = { readonly at: number; readonly ms: number } & (
  | { readonly status: number }
  | { readonly status: null; readonly error: string }
)

/** An event on its way to one webhook. `dropped`: too many were on their way already. */
export interface SandboxDelivery {
  /** The same in every attempt. */
  readonly id: string
  readonly event: string
  /** The id of the message that it is about. */
  readonly message: string | null
  /** Scheme, host and port of the webhook. */
  readonly origin: string
  /** The last hundred, oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
  readonly state: 'pending' | 'delivered' | 'given-up' | 'dropped'
}

interface Underway extends SandboxDelivery {
  readonly attempts: DeliveryAttempt[]
  state: SandboxDelivery['state']
}

export interface Webhooks {
  /** Sends an event to every webhook that wants it; returns one delivery for each. Does not wait for answers. */
  deliver(payload: Payload): readonly SandboxDelivery[]
  /** The last 10,000, oldest first. */
  readonly deliveries: readonly SandboxDelivery[]
  /** No more attempts; what is under way ends with `Outgoing`. */
  stop(): void
}

const ATTEMPTS_KEPT = 100
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Starts delivering. `attempted` is told after every attempt, with the answer if there was one. */
export function startWebhooks(options: {
  readonly outgoing: Outgoing
  readonly targets: (event: string) => readonly Target[]
  readonly retry: Retry
  readonly attempted: (delivery: SandboxDelivery, payload: Payload, answer: Answer | null) => void
}): Webhooks {
  const { outgoing, targets, retry, attempted } = options
  const deliveries: Underway[] = []
  const timers = new Set<NodeJS.Timeout>()
  let pending = 0
  let stopped = false

  function start(payload: Payload, target: Target): SandboxDelivery {
    const delivery: Underway = {
      id: payload.id,
      event: payload.event,
      message: asText(getIn(payload.data, ['message', 'id'])),
      origin: originOf(target.url),
      attempts: [],
      state: pending < KEPT ? 'pending' : 'dropped',
    }
    remember(deliveries, delivery)
    if (delivery.state === 'dropped') return delivery
    pending += 1
    // The bytes are made once: every attempt sends, and signs, the same.
    const body = Buffer.from(JSON.stringify(payload))
    const signature = target.secret === null ? {} : signatureHeaders(body, target.secret)
    const headers = { 'Content-Type': 'application/json', ...signature }
    const startedAt = Date.now()

    async function attempt(n: number): Promise<void> {
      const at = Date.now()
      const answer = await outgoing.call('POST', target.url, headers, body).catch((error: unknown) => messageOf(error))
      if (stopped) return
      const outcome = typeof answer === 'string' ? { status: null, error: answer } : { status: answer.status }
      remember(delivery.attempts, { at, ms: Date.now() - at, ...outcome }, ATTEMPTS_KEPT)
      const wait = Math.min(retry.maxMs, retry.firstMs * retry.factor ** (n - 1), LONGEST_TIMER_MS)
      delivery.state = stateAfter(outcome.status, Date.now() + wait - startedAt > retry.forMs)
      if (delivery.state === 'pending') again(wait, n + 1)
      else pending -= 1
      attempted(delivery, payload, typeof answer === 'string' ? null : answer)
    }

    function again(wait: number, n: number): void {
      const timer = setTimeout(() => {
        timers.delete(timer)
        void attempt(n)
      }, wait)
      timers.add(timer)
    }

    void attempt(1)
    return delivery
  }

  return {
    deliveries,
    deliver: (payload) =>
      // A receiver that hears an event through two webhooks must not take the second for a repetition of the first.
      targets(payload.event).map((target, index) =>
        start(index === 0 ? payload : { ...payload, id: randomUUID() }, target),
      ),
    stop: () => {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

function stateAfter(status: number | null, late: boolean): SandboxDelivery['state'] {
  if (status !== null && isSuccess(status)) return 'delivered'
  return late ? 'given-up' : 'pending'
}

/** The messages that a receiver wants posted into the conversation: `{"messages":[{"text":"…"}]}` as JSON. */
export function repliesIn(answer: Answer): readonly Json[] {
  if (!/^application\/json\b/i.test(answer.type) || !answer.body) return []
  const messages = getIn(parsed(answer.body), ['messages'])
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message) => {
    const record = asRecord(message)
    return record !== null && asText(record['text']) !== null ? [record] : []
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A receiver's own affair: the platform ignores what it cannot read.
    return null
  }
}
