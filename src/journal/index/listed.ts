// A delivery as a list has it: its row, brought up to date with each of its records, of which nothing else is kept.
import type { Summary } from '../../core/delivery.ts'
import type { DeliveryRecord, LogRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { settledAfter } from './entry.ts'

/** A delivery of a list. Its row is what `summarize` makes of an entry of the index, which keeps every record until then. */
export interface ListedDelivery {
  readonly row: { -readonly [Field in keyof Summary]: Summary[Field] }
  /** Where headers and body are found again; `null` where nobody looks for them. */
  readonly content: Extent | null
  /** Whether the platform was answered: in dev-hook's own name, or by the bot. */
  isAnswered: boolean
}

/** The delivery of a record, of which nothing else is known. */
export function listDelivery(record: DeliveryRecord, content: Extent | null): ListedDelivery {
  const { id, receivedAt, method, search, label, bytes, editOf = null } = record
  const row = {
    id,
    receivedAt,
    method,
    search,
    label,
    bytes,
    settled: null,
    attempts: 0,
    replays: 0,
    editOf,
    outcome: null,
    status: null,
    answered: null,
    ms: null,
    ownStatus: null,
  }
  return { row, content, isAnswered: false }
}

/** Adds what a later record says of the delivery. */
export function addToListed(listed: ListedDelivery, record: LogRecord): void {
  const { row } = listed
  row.settled = settledAfter(row.settled, record)
  if (record.t === 'attempt') {
    row.attempts += 1
    if (record.replay === true) row.replays += 1
    row.outcome = record.outcome
    row.status = record.outcome === 'answered' ? record.status : null
    row.answered = row.status ?? row.answered
    row.ms = record.ms
  } else if (record.t === 'settled' && !listed.isAnswered) {
    row.ownStatus = record.told
    listed.isAnswered = record.told !== null || row.answered !== null
  }
}
