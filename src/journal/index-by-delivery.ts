// The index of the log: the records of each delivery put together, in the order in which the deliveries came.
import type { Settled } from '../core/delivery.ts'
import type { Content } from './format/line-codec.ts'
import type { AttemptRecord, DeliveryRecord, KeyRecord, LogRecord } from './format/record-format.ts'
import type { Extent } from './segments.ts'

/** A record, and where its headers and body are: in memory until they are written, then in a segment. */
export interface IndexedRecord<Of extends LogRecord = LogRecord> {
  readonly record: Of
  content: Content | Extent | null
}

/** A delivery with its attempts, and what became of it. */
export interface IndexEntry {
  readonly delivery: IndexedRecord<DeliveryRecord>
  /** Nearly always one. */
  attempts: readonly IndexedRecord<AttemptRecord>[]
  settled: Settled | null
  /** What the platform was answered first: a status of dev-hook's own, or the bot's reply. */
  answer: IndexedRecord<AttemptRecord> | number | null
}

/** What is left of a delivery that was pruned. */
export type PrunedDelivery = IndexedRecord<KeyRecord>

export interface DeliveryIndex {
  /** By the id of the delivery, oldest first. */
  readonly entries: ReadonlyMap<string, IndexEntry>
  /** Those that are acknowledged and not delivered, in no order. */
  readonly undelivered: ReadonlySet<IndexEntry>
  /** What is left of those that were pruned, by the id of the delivery, in the order in which it was written last. */
  readonly pruned: ReadonlyMap<string, PrunedDelivery>
  /** Adds a record; returns the entry of its delivery, `null` when that is unknown or forgotten. */
  add(record: IndexedRecord): IndexEntry | null
  /** The latest delivery with this key. */
  byKey(key: string): IndexEntry | PrunedDelivery | null
  /** Forgets the deliveries of every segment before this one, and what was left of others there. */
  forgetBefore(segment: string): void
}

/** Creates an empty index. */
export function createDeliveryIndex(): DeliveryIndex {
  const entries = new Map<string, IndexEntry>()
  const pruned = new Map<string, PrunedDelivery>()
  const keys = new Map<string, IndexEntry | PrunedDelivery>()
  const undelivered = new Set<IndexEntry>()

  function addDelivery(delivery: IndexedRecord<DeliveryRecord>): IndexEntry {
    const { id, key } = delivery.record
    const known = entries.get(id)
    if (known !== undefined) return known
    const entry: IndexEntry = { delivery, attempts: [], settled: null, answer: null }
    entries.set(id, entry)
    if (key !== null) keys.set(key, entry)
    return entry
  }

  function addPruned(delivery: PrunedDelivery): null {
    const { id, key } = delivery.record
    // Behind all others, where it stands in the log now.
    pruned.delete(id)
    pruned.set(id, delivery)
    // One that is not pruned came later.
    const known = keys.get(key)
    if (known === undefined || 'record' in known) keys.set(key, delivery)
    return null
  }

  function forget(entry: IndexEntry): void {
    const { id, key } = entry.delivery.record
    entries.delete(id)
    undelivered.delete(entry)
    if (key === null || keys.get(key) !== entry) return
    const left = pruned.get(id)
    if (left === undefined) keys.delete(key)
    else keys.set(key, left)
  }

  function forgetPruned(delivery: PrunedDelivery): void {
    const { id, key } = delivery.record
    pruned.delete(id)
    if (keys.get(key) === delivery) keys.delete(key)
  }

  return {
    entries,
    undelivered,
    pruned,
    add: (indexed) => {
      if (isDelivery(indexed)) return addDelivery(indexed)
      if (isPruned(indexed)) return addPruned(indexed)
      const entry = entries.get(indexed.record.id)
      if (entry === undefined) return null
      if (isAttempt(indexed)) addAttempt(entry, indexed)
      else if (indexed.record.t === 'settled') addSettlement(entry, indexed.record.settled, indexed.record.told)
      if (entry.settled === 'acknowledged') undelivered.add(entry)
      else if (undelivered.size > 0) undelivered.delete(entry)
      return entry
    },
    byKey: (key) => keys.get(key) ?? null,
    forgetBefore: (segment) => {
      for (const delivery of pruned.values()) {
        if (!isBefore(delivery, segment)) break
        forgetPruned(delivery)
      }
      for (const entry of entries.values()) {
        if (!isBefore(entry.delivery, segment)) return
        forget(entry)
      }
    },
  }
}

/** The segment that holds a record; `null` while it is not written. */
export const segmentOf = ({ content }: IndexedRecord): string | null =>
  content !== null && 'segment' in content ? content.segment : null

/** Whether a record is written in a segment before this one. */
export function isBefore(record: IndexedRecord, segment: string): boolean {
  const written = segmentOf(record)
  return written !== null && written < segment
}

const isDelivery = (indexed: IndexedRecord): indexed is IndexedRecord<DeliveryRecord> => indexed.record.t === 'delivery'
const isPruned = (indexed: IndexedRecord): indexed is PrunedDelivery => indexed.record.t === 'key'
const isAttempt = (indexed: IndexedRecord): indexed is IndexedRecord<AttemptRecord> => indexed.record.t === 'attempt'

/** The latest attempt that the bot answered; `null` when it answered none. */
export const lastAnswered = (entry: IndexEntry): IndexedRecord<AttemptRecord> | null =>
  entry.attempts.findLast(({ record }) => record.outcome === 'answered') ?? null

const firstAnswered = (entry: IndexEntry): IndexedRecord<AttemptRecord> | null =>
  entry.attempts.find(({ record }) => record.outcome === 'answered') ?? null

/**
 * An attempt settles its delivery by itself. A settlement follows in the next line where that is not all: when the platform was
 * answered in dev-hook's own name, or was given back a delivery that the bot had answered.
 */
function addAttempt(entry: IndexEntry, attempt: IndexedRecord<AttemptRecord>): void {
  // A new array has no room to spare, of which there would be much in ten thousand of them.
  entry.attempts = [...entry.attempts, attempt]
  if (entry.settled !== null && entry.settled !== 'acknowledged') return
  if (attempt.record.outcome === 'answered') entry.settled = 'delivered'
  if (attempt.record.outcome === 'interrupted') entry.settled = 'interrupted'
}

function addSettlement(entry: IndexEntry, settled: Settled, ownStatus: number | null): void {
  entry.settled = settled
  entry.answer ??= ownStatus ?? firstAnswered(entry)
}

/** Takes the first reply of the bot for what the platform was answered, unless that is known. */
export function settleAnswer(entry: IndexEntry): void {
  entry.answer ??= firstAnswered(entry)
}

/** What the platform was answered, or would have been had the run not been killed before that; `null` while there is no answer. */
export const answerTo = (entry: IndexEntry): IndexedRecord<AttemptRecord> | number | null =>
  entry.answer ?? firstAnswered(entry)
