// The keys of pruned deliveries, by which they are recognised for a day when they come again.
import { type KeyRecord, readRecord, writeRecord } from '../format/record-format.ts'
import { createRecordStore, type RecordNumber } from '../index/record-store.ts'

/** How long a delivery is recognised when it comes again, in ms. */
export const KEY_KEPT_MS = 24 * 60 * 60_000

/** How many of these keys are kept; a few more, because those of a segment are forgotten together. */
const KEPT_KEYS = 20_000

export interface PrunedKeys {
  /** The record of the latest delivery with this key; `null` when there is none. */
  find(key: string): KeyRecord | null
  /** Whether there is a record of the delivery with this id. */
  has(id: string): boolean
  /** The records of a segment, as `writeRecord` writes them. */
  json(segment: string): string[]
  /** Adds records to those of a segment, without those that are there already. They count as not on disk. */
  add(segment: string, records: readonly KeyRecord[]): void
  /** Notes that the records of a segment are on disk. */
  written(segment: string): void
  /** The segments whose records are not on disk. */
  unwritten(): string[]
  /** Forgets the segments whose keys have expired, and returns their names. */
  forgetExpired(now: number): string[]
}

/** The records of one segment, which follow one another in the store. */
interface Part {
  readonly segment: string
  readonly begin: RecordNumber
  count: number
  /** When the last of its deliveries arrived. */
  newest: number
  isWritten: boolean
}

/** Creates an empty set of keys. */
export function createPrunedKeys(): PrunedKeys {
  const store = createRecordStore<null>()
  /** Oldest first. */
  let parts: Part[] = []

  const has = (id: string): boolean => store.findId(id) !== 0

  function recordAt(number: RecordNumber): KeyRecord {
    const record = readRecord(store.json(number))
    if (record.t !== 'key') throw new Error('the record is not that of a key')
    return record
  }

  function numbersOf(segment: string): RecordNumber[] {
    const part = parts.find((one) => one.segment === segment)
    return part === undefined ? [] : Array.from({ length: part.count }, (_, i) => part.begin + i)
  }

  /** The part of a segment, moved to the end of the store, where it can grow. */
  function partAtEnd(segment: string): Part {
    const last = parts.at(-1)
    if (last?.segment === segment) return last
    const records = numbersOf(segment).map(recordAt)
    const part = { segment, begin: store.end, count: 0, newest: 0, isWritten: false }
    parts = [...parts.filter((one) => one.segment !== segment), part]
    grow(part, records)
    return part
  }

  function grow(part: Part, records: readonly KeyRecord[]): void {
    for (const record of records) {
      store.write(store.add(record, null), writeRecord(record))
      part.newest = Math.max(part.newest, record.receivedAt)
    }
    part.count += records.length
    part.isWritten = false
  }

  function add(segment: string, records: readonly KeyRecord[]): void {
    // A segment that could not be removed is pruned again, with the same keys.
    const unknown = records.filter(({ id }) => !has(id))
    if (unknown.length > 0) grow(partAtEnd(segment), unknown)
  }

  function forgetExpired(now: number): string[] {
    const expired: string[] = []
    let left = parts.reduce((sum, { count }) => sum + count, 0)
    for (const { segment, count, newest } of parts) {
      if (left - count < KEPT_KEYS && now - newest <= KEY_KEPT_MS) break
      left -= count
      expired.push(segment)
    }
    parts = parts.slice(expired.length)
    store.forgetBefore(parts[0]?.begin ?? store.end)
    return expired
  }

  return {
    find: (key) => {
      const number = store.findKey(key)
      return number === 0 ? null : recordAt(number)
    },
    has,
    json: (segment) => numbersOf(segment).map(store.json),
    add,
    written: (segment) => {
      for (const part of parts) if (part.segment === segment) part.isWritten = true
    },
    unwritten: () => parts.filter(({ isWritten }) => !isWritten).map(({ segment }) => segment),
    forgetExpired,
  }
}
