// The summary of a delivery for lists, updated with each of its records.
import type { Settled, Summary } from '../../core/delivery.ts'
import type { DeliveryRecord, LogRecord } from '../format/record-format.ts'

/** The summary of a delivery, up to the last record that was added. */
export interface Summarized {
  readonly summary: { -readonly [Field in keyof Summary]: Summary[Field] }
  /** Whether the platform was answered: in dev-hook's own name, or by the bot. */
  isAnswered: boolean
}

/** Creates the summary of a delivery that has no further records yet. */
export function createSummary(record: DeliveryRecord): Summarized {
  const { id, receivedAt, method, search, label, bytes, editOf = null } = record
  const summary = {
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
  return { summary, isAnswered: false }
}

/** Updates a summary with a further record of its delivery. */
export function addToSummary(delivery: Summarized, record: LogRecord): void {
  const { summary } = delivery
  summary.settled = settledAfter(summary.settled, record)
  if (record.t === 'attempt') {
    summary.attempts += 1
    if (record.replay === true) summary.replays += 1
    summary.outcome = record.outcome
    summary.status = record.outcome === 'answered' ? record.status : null
    summary.answered = summary.status ?? summary.answered
    summary.ms = record.ms
  } else if (record.t === 'settled' && !delivery.isAnswered) {
    summary.ownStatus = record.told
    delivery.isAnswered = record.told !== null || summary.answered !== null
  }
}

/**
 * How a delivery is settled after one more of its records. An attempt settles its delivery by itself. A settlement follows only if
 * there is more to say: dev-hook answered the platform in its own name, or returned a delivery that the bot had answered.
 */
export function settledAfter(settled: Settled | null, record: LogRecord): Settled | null {
  if (record.t === 'settled') return record.settled
  if (record.t !== 'attempt' || (settled !== null && settled !== 'acknowledged')) return settled
  if (record.outcome === 'answered') return 'delivered'
  return record.outcome === 'interrupted' ? 'interrupted' : settled
}
