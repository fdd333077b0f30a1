// Those who may get a delivery from the relay, and the way to each of them.
import type { Delivery } from '../../core/delivery.ts'
import type { Json } from '../../core/json.ts'
import type { Answer } from '../wire/envelope.ts'

/** A delivery on its way to a developer. */
export interface Live {
  /** Never rejects. */
  readonly answer: Promise<Answer>
  /** Gives it up: it counts as not taken. */
  abort(why: string): void
}

export interface Recipients {
  /** Whether something can be sent to them now. */
  isHere(owner: string): boolean
  /** Whether what is theirs goes to the default. */
  isGone(owner: string): boolean
  /** Whose the delivery is by their filters; `null` when nobody wants it. */
  choose(payload: Json | null): string | null
  /** Who gets what no developer wants: a developer, `URL_OWNER` or `NOBODY`. */
  readonly fallback: string
  send(owner: string, delivery: Delivery): Live
}

/** Those of the answers that say "not now". */
const NOT_NOW: ReadonlySet<number> = new Set([502, 503, 504])

/** Whether a developer's side has taken a delivery: what it says "not now" to is held, and sent again. */
export const isTaken = (answer: Answer): answer is Extract<Answer, { readonly taken: true }> =>
  answer.taken && !NOT_NOW.has(answer.reply.status)
