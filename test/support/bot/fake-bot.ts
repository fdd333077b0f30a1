// A way to the bot that a test drives by hand, together with a clock that it turns by hand.
import type { Attempt, Delivery, Outcome, RawHeaders } from '../../../src/core/delivery.ts'
import type { Send } from '../../../src/delivery/queue.ts'
import { anAttempt } from '../attempts.ts'

/** One attempt that waits for the test to end it. */
export interface Sent {
  readonly delivery: Delivery
  readonly headers: RawHeaders | undefined
  readonly at: number
  /** Set once the queue cancelled it. */
  cancelled: string | null
  ended: boolean
  end(outcome: Outcome, fields?: { readonly alone?: boolean }): void
}

export interface FakeBot {
  readonly send: Send
  /** Every attempt so far, in the order in which they were sent. */
  readonly sent: Sent[]
  /** Those that have not ended. */
  open(): Sent[]
}

/** Creates a bot that answers when it is told to. A cancelled attempt ends at once. */
export function createFakeBot(now: () => number, onSend: (sent: Sent) => void = () => {}): FakeBot {
  const sent: Sent[] = []
  return {
    sent,
    open: () => sent.filter(({ ended }) => !ended),
    send: (delivery, headers, written) => {
      let resolve: (attempt: Attempt) => void
      const done = new Promise<Attempt>((resolveDone) => {
        resolve = resolveDone
      })
      const startedAt = now()
      const settle = (
        outcome: Outcome,
        fields: { readonly reason?: string; readonly sent?: true; readonly alone?: boolean } = {},
      ): void => resolve(anAttempt(outcome, { startedAt, ms: now() - startedAt, ...fields }))
      const one: Sent = {
        delivery,
        headers,
        at: startedAt,
        cancelled: null,
        ended: false,
        end: (outcome, fields) => {
          if (one.ended) return
          one.ended = true
          settle(outcome, fields)
        },
      }
      sent.push(one)
      onSend(one)
      written()
      return {
        done,
        cancel: (reason) => {
          if (one.ended) return
          one.cancelled = reason
          one.ended = true
          settle('cancelled', { reason, sent: true })
        },
      }
    },
  }
}
