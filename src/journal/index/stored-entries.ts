// The deliveries in a run's record store, each assembled from its records when it is asked for.
import type { Settled } from '../../core/delivery.ts'
import type { Content } from '../format/line-codec.ts'
import { type KeyRecord, type LogRecord, readRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { addToEntry, createIndexEntry, type Entries, type IndexEntry, isDelivery } from './entry.ts'
import type { RecordNumber, RecordStore } from './record-store.ts'

/** Any record of a delivery whose own record is in the log, as it is for all but keys. */
export type RunRecord = Exclude<LogRecord, KeyRecord>

/** A record in the index of a run. */
export interface IndexRow {
  readonly number: RecordNumber
  /** The record until it is written; then the store has its text. */
  record: RunRecord | null
  /** Headers and body until they are written; then where the record is. */
  content: Content | Extent | null
  /** The next record of the same delivery. */
  next: IndexRow | null
  /** On the first record of a delivery; `null` on those that follow it. */
  readonly progress: DeliveryProgress | null
}

/** What has become of a delivery so far. */
export interface DeliveryProgress {
  readonly receivedAt: number
  /** Its latest record; `null` as long as that is the first. */
  last: IndexRow | null
  settled: Settled | null
  /** The status of the first attempt that the bot answered. */
  answered: number | null
  /** The status that dev-hook itself gave the platform before that. */
  told: number | null
  /** Whether it is known what answer the platform was given. */
  isAnswerKnown: boolean
}

export const NONE: RecordNumber = 0

export interface StoredEntries extends Entries {
  /** The delivery whose first record has this number; `null` when the number is of no such record. */
  at(number: RecordNumber): IndexEntry | null
}

/** Creates a live view of the deliveries in a store. */
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

/** The numbers of the first records of all deliveries, oldest first. */
export function* deliveryNumbers(store: RecordStore<IndexRow>): Generator<RecordNumber, void, undefined> {
  for (let number = store.first; number < store.end; number += 1) {
    const row = store.value(number)
    if (row !== null && row.progress !== null) yield number
  }
}
