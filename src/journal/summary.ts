// One row of a list of deliveries: what the log says of a delivery, without its bytes.
import type { Label, Outcome } from '../core/delivery.ts'
import type { Settled } from '../core/ports.ts'
import { type Entry, lastAnswered } from './index-by-delivery.ts'
import type { AttemptHead } from './record-format.ts'

export interface Summary {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly method: string
  readonly search: string
  /** Of its text, the beginning. */
  readonly label: Label
  /** The length of the body. */
  readonly bytes: number
  /** `null` while nothing is known of its fate. */
  readonly settled: Settled | null
  readonly attempts: number
  /** Of the last attempt; `null` before the first. */
  readonly outcome: Outcome | null
  /** Of the last attempt: the bot's status, or `null` when it gave none. */
  readonly status: number | null
  /** The last status that the bot gave, whatever came of later attempts. */
  readonly answered: number | null
  /** Of the last attempt: how long it took. */
  readonly ms: number | null
  /** What dev-hook itself answered the platform; `null` when the platform was given the bot's answer, or none. */
  readonly told: number | null
}

/** The row of an entry, as it is now. */
export function summarize(entry: Entry): Summary {
  const { delivery, attempts, settled, answer } = entry
  const { id, receivedAt, method, search, label, bytes } = delivery.head
  const last = attempts.at(-1)?.head
  return {
    id,
    receivedAt,
    method,
    search,
    label,
    bytes,
    settled,
    attempts: attempts.length,
    outcome: last?.outcome ?? null,
    status: statusOf(last),
    answered: statusOf(lastAnswered(entry)?.head),
    ms: last?.ms ?? null,
    told: typeof answer === 'number' ? answer : null,
  }
}

const statusOf = (head: AttemptHead | undefined): number | null => (head?.outcome === 'answered' ? head.status : null)
