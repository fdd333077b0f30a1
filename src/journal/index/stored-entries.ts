// The deliveries in the store of a run, each put together from its records when it is asked for.
import type { Settled } from '../../core/delivery.ts'
import type { Content } from '../format/line-codec.ts'
import { type KeyRecord, type LogRecord, readRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { addToEntry, createIndexEntry, type Entries, type IndexEntry, isDelivery } from './entry.ts'
import type { RecordNumber, RecordStore } from './record-store.ts'

/** A record of a delivery that is in the log. */
export type RunRecord = Exclude<LogRecord, KeyRecord>

/** A record in the index. */
export interface IndexRow {
  readonly number: RecordNumber
  /** The record itself until it is written; then the store has its text. */
  record: RunRecord | null
  /** Headers and body until they are written; then where the record is. */
  content: Content | Extent | null
  /** The record that follows of the same delivery. */
  next: IndexRow | null
  /** `null` for a record that follows the one of its delivery. */
  readonly progress: DeliveryProgress | null
}

/** What has become of a delivery by now. */
export interface DeliveryProgress {
  readonly receivedAt: number
  /** Its latest record; `null` for the first. */
  last: IndexRow | null
  settled: Settled | null
  /** The status of the first attempt that the bot answered. */
  answered: number | null
  /** The status that the platform was answered in dev-hook's own name before that. */
  told: number | null
  /** Whether it is known what the platform was answered. */
  isAnswerKnown: boolean
}

export const NONE: RecordNumber = 0

export interface StoredEntries extends Entries {
  /** The delivery whose record has this number; `null` when that is none of a delivery. */
  at(number: RecordNumber): IndexEntry | null
}

/** Looks into a store, as it is at the time. */
export function createStoredEntries(store: RecordStore<IndexRow>): StoredEntries {
  const recordOf = ({ record, number }: IndexRow): LogRecord => record ?? readRecord(store.json(number))

  function at(number: RecordNumber): IndexEntry | null {
    const row = store.value(number)
    if (row === null || row.progress === null) return null
    const delivery = { record: recordOf(row), content: row.content }
    if (!isDelivery(delivery)) return null
    const entry = createIndexEntry(delivery)
    for (let later = row.next; later !== null; later = later.next)
      addToEntry(entry, { record: recordOf(later), content: later.content })
    return entry
  }

  function* values(): Generator<IndexEntry, void, undefined> {
    for (const number of deliveryNumbers(store)) {
      const entry = at(number)
      if (entry !== null) yield entry
    }
  }

  function* keys(): Generator<string, void, undefined> {
    for (const number of deliveryNumbers(store)) yield store.id(number)
  }

  return {
    at,
    has: (id) => store.findId(id) !== NONE,
    get: (id) => at(store.findId(id)) ?? undefined,
    keys,
    values,
  }
}

/** The numbers of the records of deliveries, oldest first. */
export function* deliveryNumbers(store: RecordStore<IndexRow>): Generator<RecordNumber, void, undefined> {
  for (let number = store.first; number < store.end; number += 1) {
    const row = store.value(number)
    if (row !== null && row.progress !== null) yield number
  }
}
