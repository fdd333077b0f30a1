// The index that a run keeps of its log: the records as text outside the heap, and in memory what is needed for every delivery.
import type { Settled } from '../../core/delivery.ts'
import type { Content } from '../format/line-codec.ts'
import type { DeliveryRecord, LogRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import type { Entries, IndexEntry } from './entry.ts'
import { createRecordStore, type RecordNumber } from './record-store.ts'
import {
  createStoredEntries,
  type DeliveryProgress,
  deliveryNumbers,
  type IndexRow,
  NONE,
  type RunRecord,
} from './stored-entries.ts'
import { settledAfter } from './summary.ts'

/** A delivery that can be recognised when it comes again, and what it was answered. */
export interface KeyedDelivery {
  readonly id: string
  readonly key: string
  readonly receivedAt: number
  readonly settled: Settled | null
  /** The status that the platform was given; `null` when that is unknown. */
  readonly status: number | null
}

export interface RunIndex {
  readonly entries: Entries
  /**
   * Adds a record that is not on disk yet. Returns its row; `null` for a delivery that is in the index already, and for a record whose
   * delivery is not.
   */
  add(record: RunRecord, content: Content | null): IndexRow | null
  /** Notes the JSON of a record and where it was written. */
  written(row: IndexRow, json: string, at: Extent): void
  /** What has become of the delivery with this id; `null` when it is unknown. */
  progress(id: string): DeliveryProgress | null
  /** The latest delivery with this key. */
  byKey(key: string): IndexEntry | null
  /** For each delivery whose answer is not known, assumes that the platform was given the bot's first reply. */
  settleAnswers(): void
  /** The latest delivery of each key, of those in the segments before this one, oldest first. */
  keyedBefore(segment: string): Iterable<KeyedDelivery>
  /** The deliveries that are acknowledged and not delivered, oldest first. */
  undelivered(): IndexEntry[]
  /** Forgets the records of every segment before this one. */
  forgetBefore(segment: string): void
}

/** Of a record that is found through its delivery. */
const NO_KEYS = { id: null, key: null }

/** Creates an empty index. */
export function createRunIndex(): RunIndex {
  const store = createRecordStore<IndexRow>()
  const entries = createStoredEntries(store)
  /** Acknowledged and not delivered. */
  const owed = new Set<RecordNumber>()

  const progressOf = (id: string): DeliveryProgress | null => store.value(store.findId(id))?.progress ?? null

  function addDelivery(record: DeliveryRecord, content: Content | null): IndexRow | null {
    const { id, receivedAt } = record
    if (store.findId(id) !== NONE) return null
    const progress = { receivedAt, last: null, settled: null, answered: null, told: null, isAnswerKnown: false }
    const row = { number: store.end, record, content, next: null, progress }
    store.add(record, row)
    return row
  }

  function addLater(record: Exclude<RunRecord, DeliveryRecord>, content: Content | null): IndexRow | null {
    const first = store.value(store.findId(record.id))
    if (first === null || first.progress === null) return null
    const { number, progress } = first
    const row = { number: store.end, record, content, next: null, progress: null }
    store.add(NO_KEYS, row)
    const before = progress.last ?? first
    before.next = row
    progress.last = row
    advance(progress, record)
    if (progress.settled === 'acknowledged') owed.add(number)
    else if (owed.size > 0) owed.delete(number)
    return row
  }

  function* keyedBefore(segment: string): Generator<KeyedDelivery, void, undefined> {
    for (const number of deliveryNumbers(store)) {
      const row = store.value(number)
      if (row === null || row.progress === null) continue
      if (!isBefore(row, segment)) return
      const id = store.id(number)
      const key = store.key(number)
      const { receivedAt, settled, told, answered } = row.progress
      if (store.findKey(key) === number) yield { id, key, receivedAt, settled, status: told ?? answered }
    }
  }

  function forgetBefore(segment: string): void {
    let number = store.first
    for (let row = store.value(number); row !== null && isBefore(row, segment); row = store.value(number)) {
      owed.delete(number)
      number += 1
    }
    store.forgetBefore(number)
  }

  return {
    entries,
    add: (record, content) => (record.t === 'delivery' ? addDelivery(record, content) : addLater(record, content)),
    written: (row, json, at) => {
      store.write(row.number, json)
      row.record = null
      row.content = at
    },
    progress: progressOf,
    byKey: (key) => entries.at(store.findKey(key)),
    settleAnswers: () => {
      for (const number of deliveryNumbers(store)) settleAnswer(store.value(number)?.progress ?? null)
    },
    keyedBefore,
    undelivered: () => [...owed].sort((a, b) => a - b).flatMap((number) => entries.at(number) ?? []),
    forgetBefore,
  }
}

function advance(progress: DeliveryProgress, record: LogRecord): void {
  progress.settled = settledAfter(progress.settled, record)
  if (record.t === 'attempt' && record.outcome === 'answered') progress.answered ??= record.status
  if (record.t !== 'settled' || progress.isAnswerKnown) return
  progress.told = record.told
  progress.isAnswerKnown = record.told !== null || progress.answered !== null
}

/** Assumes that the platform was given the bot's first reply, unless its answer is known. */
export function settleAnswer(progress: DeliveryProgress | null): void {
  if (progress !== null && progress.answered !== null) progress.isAnswerKnown = true
}

/** Whether a record is on disk in a segment before this one. Records are written in order. */
const isBefore = ({ content }: IndexRow, segment: string): boolean =>
  content !== null && 'segment' in content && content.segment < segment
