// The index that a run keeps of its log: each record as text outside the heap, and beside it what is asked for with every delivery.
import type { Settled } from '../../core/delivery.ts'
import type { Content } from '../format/line-codec.ts'
import type { DeliveryRecord, KeyRecord, LogRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { type Entries, type IndexEntry, settledAfter } from './entry.ts'
import { createRecordStore, type RecordNumber } from './record-store.ts'
import { createStoredEntries, type DeliveryProgress, deliveryNumbers, type IndexRow, NONE } from './stored-entries.ts'

/** A record of a delivery that is in the log. */
export type RunRecord = Exclude<LogRecord, KeyRecord>

/** A delivery that may come again. */
export interface Recognised {
  readonly id: string
  readonly key: string
  readonly receivedAt: number
  readonly settled: Settled | null
  /** The status that the platform was answered; `null` when that is unknown. */
  readonly status: number | null
}

export interface RunIndex {
  readonly entries: Entries
  /** Adds a record, which is written as `json`; `null` when its delivery is unknown or forgotten, or has one already. */
  add(record: RunRecord, json: string, content: Content | Extent | null): IndexRow | null
  /** What has become of the delivery with this id; `null` when it is unknown. */
  progress(id: string): DeliveryProgress | null
  /** The latest delivery with this key. */
  byKey(key: string): IndexEntry | null
  /** Takes the first reply of the bot for what the platform was answered, where that is not known. */
  settleAnswers(): void
  /** The deliveries in every segment before this one that are the latest of their key, oldest first. */
  recognised(segment: string): Iterable<Recognised>
  /** Those that are acknowledged and not delivered, oldest first. */
  undelivered(): IndexEntry[]
  /** Forgets the records of every segment before this one. */
  forgetBefore(segment: string): void
}

/** Creates an empty index. */
export function createRunIndex(): RunIndex {
  const store = createRecordStore<IndexRow>()
  const entries = createStoredEntries(store)
  const owed = new Set<RecordNumber>()

  const progressOf = (id: string): DeliveryProgress | null => store.value(store.findId(id))?.progress ?? null

  function addDelivery(
    { id, key, receivedAt }: DeliveryRecord,
    json: string,
    content: IndexRow['content'],
  ): IndexRow | null {
    if (store.findId(id) !== NONE) return null
    const number = store.end
    const known = { settled: null, answered: null, told: null, isAnswerKnown: false }
    const progress = { number, receivedAt, last: number, ...known }
    const row = { content, next: NONE, progress }
    store.add({ id, key, json }, row)
    return row
  }

  function addLater(
    record: Exclude<RunRecord, DeliveryRecord>,
    json: string,
    content: IndexRow['content'],
  ): IndexRow | null {
    const progress = progressOf(record.id)
    if (progress === null) return null
    const row = { content, next: NONE, progress: null }
    const number = store.add({ id: null, key: null, json }, row)
    const before = store.value(progress.last)
    if (before !== null) before.next = number
    progress.last = number
    advance(progress, record)
    if (progress.settled === 'acknowledged') owed.add(progress.number)
    else if (owed.size > 0) owed.delete(progress.number)
    return row
  }

  function* recognised(segment: string): Generator<Recognised, void, undefined> {
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
    add: (record, json, content) =>
      record.t === 'delivery' ? addDelivery(record, json, content) : addLater(record, json, content),
    progress: progressOf,
    byKey: (key) => entries.at(store.findKey(key)),
    settleAnswers: () => {
      for (const number of deliveryNumbers(store)) settleAnswer(store.value(number)?.progress ?? null)
    },
    recognised,
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

/** Takes the first reply of the bot for what the platform was answered, unless that is known. */
export function settleAnswer(progress: DeliveryProgress | null): void {
  if (progress !== null && progress.answered !== null) progress.isAnswerKnown = true
}

/** Whether a record is written in a segment before this one. They are written in their order. */
const isBefore = ({ content }: IndexRow, segment: string): boolean =>
  content !== null && 'segment' in content && content.segment < segment
