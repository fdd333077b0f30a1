// The deliveries in the store of a run, each put together from its records when it is asked for.
import type { Settled } from '../../core/delivery.ts'
import type { Content } from '../format/line-codec.ts'
import { type LogRecord, readRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { addToEntry, createIndexEntry, type Entries, type IndexEntry, isDelivery } from './entry.ts'
import type { RecordNumber, RecordStore } from './record-store.ts'

/** A record in the index. */
export interface IndexRow {
  /** Headers and body until they are written; then where the record is. */
  content: Content | Extent | null
  /** The record that follows of the same delivery; 0 for none. */
  next: RecordNumber
  /** `null` for a record that follows the one of its delivery. */
  readonly progress: DeliveryProgress | null
}

/** What has become of a delivery by now. */
export interface DeliveryProgress {
  readonly number: RecordNumber
  readonly receivedAt: number
  /** Its latest record. */
  last: RecordNumber
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
  const recordAt = (number: RecordNumber): LogRecord => readRecord(store.json(number))

  function at(number: RecordNumber): IndexEntry | null {
    const row = store.value(number)
    if (row === null || row.progress === null) return null
    const delivery = { record: recordAt(number), content: row.content }
    if (!isDelivery(delivery)) return null
    const entry = createIndexEntry(delivery)
    let later = row.next
    for (let next = store.value(later); next !== null; next = store.value(later)) {
      addToEntry(entry, { record: recordAt(later), content: next.content })
      later = next.next
    }
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
