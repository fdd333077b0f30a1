// One delivery on its way through the relay, and the attempt that it becomes.
import { monotonic } from '../../core/async.ts'
import type { Attempt, Delivery, Reply } from '../../core/delivery.ts'
import type { Json } from '../../core/json.ts'
import { jsonInBody } from '../../protocol/body-json.ts'
import { conversationIn } from '../../protocol/only/subject.ts'
import { NO_CONVERSATION, tokenOf } from '../wire/subjects.ts'

/** An attempt that has begun. */
export interface Passage {
  /** Never rejects. */
  readonly done: Promise<Attempt>
  /** Ends it as `cancelled`; nothing once it has ended. */
  cancel(reason: string): void
}

export interface Item extends Passage {
  readonly delivery: Delivery
  readonly payload: Json | null
  /** The conversation as a token, or `NO_CONVERSATION`. */
  readonly conversation: string
  /** Whether its outcome is known: it is not to be sent any more. */
  readonly isSettled: () => boolean
  /** Says that something of it is about to leave. */
  readonly leaves: () => void
  readonly answered: (reply: Reply) => void
  /** Nothing can be brought anywhere now: it may be tried again. */
  readonly refused: (reason: string) => void
  /** This one could not be brought anywhere now: it may be tried again, and others meanwhile. */
  readonly refusedAlone: (reason: string) => void
  /** It is nowhere, and trying again would not help. */
  readonly failed: (reason: string) => void
}

type Without<T> = T extends unknown ? Omit<T, 'startedAt' | 'ms'> : never

/** What a delivery is about, as far as the relay needs to know. */
export function aboutDelivery(delivery: Delivery): Pick<Item, 'payload' | 'conversation'> {
  const payload = jsonInBody(delivery.headers, delivery.body)
  const id = conversationIn(payload)
  return { payload, conversation: id === null ? NO_CONVERSATION : tokenOf(id) }
}

/** Creates the item of a delivery; `written` is called right before something of it leaves. */
export function createItem(delivery: Delivery, written: () => void): Item {
  const startedAt = Date.now()
  const began = monotonic()
  let settled = false
  let sent = false
  let resolveDone: (attempt: Attempt) => void
  const done = new Promise<Attempt>((resolve) => {
    resolveDone = resolve
  })

  function settle(result: Without<Attempt>): void {
    if (settled) return
    settled = true
    resolveDone({ startedAt, ms: Math.round(monotonic() - began), ...result })
  }

  return {
    delivery,
    ...aboutDelivery(delivery),
    done,
    isSettled: () => settled,
    cancel: (reason) => settle({ outcome: 'cancelled', reason, sent }),
    leaves: () => {
      if (!sent) written()
      sent = true
    },
    answered: (reply) => settle({ outcome: 'answered', reply }),
    refused: (reason) => settle({ outcome: 'refused', reason }),
    refusedAlone: (reason) => settle({ outcome: 'refused', reason, alone: true }),
    failed: (reason) => settle({ outcome: 'interrupted', reason, unsendable: true }),
  }
}
