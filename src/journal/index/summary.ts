// The summary of a delivery, for lists: brought up to date with each of its records, of which it keeps nothing else.
import type { Settled, Summary } from '../../core/delivery.ts'
import type { DeliveryRecord, LogRecord } from '../format/record-format.ts'

/** A delivery with its summary, as far as its records have been added. */
export interface Summarized {
  readonly summary: { -readonly [Field in keyof Summary]: Summary[Field] }
  /** Whether the platform was answered: in dev-hook's own name, or by the bot. */
  isAnswered: boolean
}

/** Creates the summary of a delivery of which nothing else is known. */
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

/** Adds what a later record says of the delivery. */
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
 * What has become of a delivery after one more of its records. An attempt settles its delivery by itself. A settlement follows in the
 * next line where that is not all: when the platform was answered in dev-hook's own name, or was given back a delivery that the bot
 * had answered.
 */
export function settledAfter(settled: Settled | null, record: LogRecord): Settled | null {
  if (record.t === 'settled') return record.settled
  if (record.t !== 'attempt' || (settled !== null && settled !== 'acknowledged')) return settled
  if (record.outcome === 'answered') return 'delivered'
  return record.outcome === 'interrupted' ? 'interrupted' : settled
}
