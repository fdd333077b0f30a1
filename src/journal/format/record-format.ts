// The records of the log: one table of fields, from which types, encoding and decoding are derived.
import type { Attempt, Delivery, Label, Settled } from '../../core/delivery.ts'
import { beginningOf } from './beginning.ts'
import {
  addedLater,
  anyText,
  count,
  type FieldKind,
  httpStatus,
  number,
  objectOf,
  oneOf,
  orNull,
  time,
  type ValueOf,
  yes,
} from './fields.ts'

// A new field needs a row here, and a value where the record is made. Records of earlier versions lack it, so its kind is
// `addedLater(…)`, and whoever reads it handles `undefined`.

/** Each text is truncated: the body has it in full. */
const LABEL = objectOf({
  event: orNull(anyText),
  platformId: orNull(anyText),
  conversation: orNull(anyText),
  text: orNull(anyText),
  from: addedLater(anyText),
  own: addedLater(yes),
})

const DELIVERY = objectOf({
  t: oneOf('delivery'),
  /** The sequence number of the record in the whole log. */
  seq: count,
  id: anyText,
  receivedAt: time,
  /** The length of the body. */
  bytes: count,
  /** By which the delivery is recognised when it comes again. */
  key: orNull(anyText),
  label: LABEL,
  method: anyText,
  search: anyText,
  /** The id of the delivery of which this is an edited copy. */
  editOf: addedLater(anyText),
})

const ATTEMPT = {
  t: oneOf('attempt'),
  seq: count,
  /** The id of its delivery. */
  id: anyText,
  n: count,
  startedAt: time,
  ms: number,
  /** A person asked for it. */
  replay: addedLater(yes),
}

const ANSWERED = objectOf({
  ...ATTEMPT,
  outcome: oneOf('answered'),
  status: httpStatus,
  /** The length of the body as it came. */
  bytes: count,
})

const UNANSWERED = objectOf({
  ...ATTEMPT,
  outcome: oneOf('refused', 'interrupted', 'timed-out', 'cancelled'),
  reason: anyText,
})

const SETTLEMENT = objectOf({
  t: oneOf('settled'),
  seq: count,
  /** The id of its delivery. */
  id: anyText,
  settled: oneOf('delivered', 'acknowledged', 'interrupted', 'returned', 'rejected', 'passed', 'ignored'),
  at: time,
  /** The status that dev-hook itself gave the platform; `null` when the platform got the bot's answer, or none. */
  told: orNull(httpStatus),
})

/** The settlements after which the platform was told "received", by the bot or by dev-hook. */
const RECEIVED = oneOf('delivered', 'acknowledged', 'interrupted')

/** What is kept of a pruned delivery, so that it is recognised when it comes again. */
const KEY = objectOf({
  t: oneOf('key'),
  /** The sequence number of the first record of its segment. */
  seq: count,
  /** The id of its delivery. */
  id: anyText,
  key: anyText,
  receivedAt: time,
  settled: RECEIVED,
  /** The status that the platform was given; `null` when that is unknown. */
  status: orNull(httpStatus),
})

export type DeliveryRecord = ValueOf<typeof DELIVERY>
export type AttemptRecord = ValueOf<typeof ANSWERED> | ValueOf<typeof UNANSWERED>
export type SettlementRecord = ValueOf<typeof SETTLEMENT>
export type KeyRecord = ValueOf<typeof KEY>

/** A line of the log without headers and body: enough for a list. */
export type LogRecord = DeliveryRecord | AttemptRecord | SettlementRecord | KeyRecord

/** How much of a reply's body is kept, in bytes. */
export const REPLY_KEPT = 64 * 1024
// In UTF-16 code units.
const TEXT_KEPT = 200
const REASON_KEPT = 1_000

/** Makes the record of a delivery. */
export function deliveryRecord(
  seq: number,
  delivery: Delivery,
  label: Label,
  key: string | null,
  editOf?: string,
): DeliveryRecord {
  const { id, receivedAt, body, method, search } = delivery
  return { t: 'delivery', seq, id, receivedAt, bytes: body.length, key, label: kept(label), method, search, editOf }
}

const kept = ({ event, platformId, conversation, text, from, own }: Label): ValueOf<typeof LABEL> => ({
  event: event && beginningOf(event, TEXT_KEPT),
  platformId: platformId && beginningOf(platformId, TEXT_KEPT),
  conversation: conversation && beginningOf(conversation, TEXT_KEPT),
  text: text && beginningOf(text, TEXT_KEPT),
  from: from && beginningOf(from, TEXT_KEPT),
  own,
})

/** Makes the record of an attempt. */
export function attemptRecord(seq: number, id: string, n: number, attempt: Attempt): AttemptRecord {
  const { startedAt, ms, replay, outcome } = attempt
  if (outcome !== 'answered')
    return {
      t: 'attempt',
      seq,
      id,
      n,
      startedAt,
      ms,
      replay,
      outcome,
      reason: beginningOf(attempt.reason, REASON_KEPT),
    }
  const { status, body } = attempt.reply
  return { t: 'attempt', seq, id, n, startedAt, ms, replay, outcome, status, bytes: body.length }
}

/** Makes the record of what became of a delivery. */
export function settlementRecord(
  seq: number,
  id: string,
  settled: Settled,
  at: number,
  told: number | null,
): SettlementRecord {
  return { t: 'settled', seq, id, settled, at, told }
}

/** Makes the key record of a delivery in the segment that begins with record `seq`; `null` when it was not received. */
export function keyRecord(
  seq: number,
  { settled, ...left }: Omit<KeyRecord, 't' | 'seq' | 'settled'> & { readonly settled: Settled | null },
): KeyRecord | null {
  return RECEIVED.is(settled) ? { t: 'key', seq, ...left, settled } : null
}

/** A record as JSON without its closing brace. */
export function writeRecord(record: LogRecord): string {
  if (record.t === 'delivery') return DELIVERY.writeOpen(record)
  if (record.t === 'settled') return SETTLEMENT.writeOpen(record)
  if (record.t === 'key') return KEY.writeOpen(record)
  return record.outcome === 'answered' ? ANSWERED.writeOpen(record) : UNANSWERED.writeOpen(record)
}

/** Reads back what `writeRecord` wrote. */
export function readRecord(json: string): LogRecord {
  const value: unknown = JSON.parse(`${json}}`)
  if (isLogRecord(value)) return value
  throw new Error('what was written as a record is not one')
}

const KINDS: readonly FieldKind<LogRecord>[] = [DELIVERY, ANSWERED, UNANSWERED, SETTLEMENT, KEY]

/** Whether a parsed JSON value is a record of the log, exactly as it is written. */
export const isLogRecord = (value: unknown): value is LogRecord =>
  DELIVERY.is(value) || ANSWERED.is(value) || SETTLEMENT.is(value) || UNANSWERED.is(value) || KEY.is(value)

/** The record in an object that has other members as well, or in another order; `null` when there is none. */
export function pickLogRecord(value: unknown): LogRecord | null {
  for (const { is, pick } of KINDS) {
    const record = pick(value)
    if (is(record)) return record
  }
  return null
}
