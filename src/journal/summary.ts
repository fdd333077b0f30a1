// One row of a list of deliveries: everything that the log has of a delivery but its bytes.
import type { Label, Outcome } from '../core/delivery.ts'
import type { Settled } from '../core/ports.ts'
import type { AttemptRecord } from './format/record-format.ts'
import { type IndexEntry, lastAnswered } from './index-by-delivery.ts'

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
  /** `null` while its fate is unknown. */
  readonly settled: Settled | null
  readonly attempts: number
  /** How many of them a person asked for. */
  readonly replays: number
  /** The id of the delivery of which this is an edited copy; `null` for one that came from the platform. */
  readonly editOf: string | null
  /** Of the last attempt; `null` before the first. */
  readonly outcome: Outcome | null
  /** Of the last attempt: the bot's status, or `null` when it gave none. */
  readonly status: number | null
  /** The last status that the bot gave, whatever came of later attempts. */
  readonly answered: number | null
  /** Of the last attempt: how long it took. */
  readonly ms: number | null
  /** The status that dev-hook itself gave the platform; `null` when that was given the bot's answer, or none. */
  readonly ownStatus: number | null
}

/** The row of an entry, as it is now. */
export function summarize(entry: IndexEntry): Summary {
  const { delivery, attempts, settled, answer } = entry
  const { id, receivedAt, method, search, label, bytes, editOf } = delivery.record
  const last = attempts.at(-1)?.record
  return {
    id,
    receivedAt,
    method,
    search,
    label,
    bytes,
    settled,
    attempts: attempts.length,
    replays: attempts.filter(({ record }) => record.replay === true).length,
    editOf: editOf ?? null,
    outcome: last?.outcome ?? null,
    status: statusOf(last),
    answered: statusOf(lastAnswered(entry)?.record),
    ms: last?.ms ?? null,
    ownStatus: typeof answer === 'number' ? answer : null,
  }
}

const statusOf = (attempt: AttemptRecord | undefined): number | null =>
  attempt?.outcome === 'answered' ? attempt.status : null
