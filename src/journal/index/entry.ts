// The index entry of a delivery: its records, and what they say together.
import type { Content } from '../format/line-codec.ts'
import type { AttemptRecord, DeliveryRecord, LogRecord } from '../format/record-format.ts'
import type { Extent } from '../segments.ts'
import { addToSummary, createSummary, type Summarized } from './summary.ts'

/** A record, and where its headers and body are: in memory until they are written, then in a segment. */
export interface IndexedRecord<Of extends LogRecord = LogRecord> {
  readonly record: Of
  readonly content: Content | Extent | null
}

/** A delivery with its attempts, its summary and its answer. */
export interface IndexEntry extends Summarized {
  readonly delivery: IndexedRecord<DeliveryRecord>
  attempts: readonly IndexedRecord<AttemptRecord>[]
  /** The first answer to the platform: a status that dev-hook gave itself, or the bot's reply. */
  answer: IndexedRecord<AttemptRecord> | number | null
}

/** Deliveries by their id, oldest first. */
export interface Entries {
  has(id: string): boolean
  get(id: string): IndexEntry | undefined
  keys(): Iterable<string>
  values(): Iterable<IndexEntry>
}

/** Creates the entry of a delivery that has no further records yet. */
export const createIndexEntry = (delivery: IndexedRecord<DeliveryRecord>): IndexEntry => ({
  ...createSummary(delivery.record),
  delivery,
  attempts: [],
  answer: null,
})

export const isDelivery = (indexed: IndexedRecord): indexed is IndexedRecord<DeliveryRecord> =>
  indexed.record.t === 'delivery'
const isAttempt = (indexed: IndexedRecord): indexed is IndexedRecord<AttemptRecord> => indexed.record.t === 'attempt'

/** Updates an entry with a further record of its delivery. */
export function addToEntry(entry: IndexEntry, indexed: IndexedRecord): void {
  const { record } = indexed
  addToSummary(entry, record)
  if (isAttempt(indexed)) entry.attempts = [...entry.attempts, indexed]
  else if (record.t === 'settled') entry.answer ??= record.told ?? firstAnswered(entry)
}

const firstAnswered = (entry: IndexEntry): IndexedRecord<AttemptRecord> | null =>
  entry.attempts.find(({ record }) => record.outcome === 'answered') ?? null

/** The answer to the platform, also if the run was killed before it could give it; `null` while there is none. */
export const answerTo = (entry: IndexEntry): IndexedRecord<AttemptRecord> | number | null =>
  entry.answer ?? firstAnswered(entry)
