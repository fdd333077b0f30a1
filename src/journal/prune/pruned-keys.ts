// What is left of deliveries that are pruned: their keys, so that one that comes again is recognised for a day.
import { type KeyRecord, readRecord, writeRecord } from '../format/record-format.ts'
import { createRecordStore, type RecordNumber } from '../index/record-store.ts'

/** How long a delivery is recognised when it comes again. */
export const KEY_KEPT_MS = 24 * 60 * 60_000

/** How many keys are kept at least, of those that are no older than that: all of a segment go at once. */
const MAX_KEYS = 20_000

export interface PrunedKeys {
  /** What is left of the latest delivery with this key; `null` when that is nothing. */
  find(key: string): KeyRecord | null
  /** Whether something is left of the delivery with this id. */
  has(id: string): boolean
  /** What is left of the deliveries of a segment, as `writeRecord` writes it. */
  json(segment: string): string[]
  /** Adds what is not there already to what is left of a segment; it is not on the disk yet. */
  add(segment: string, records: readonly KeyRecord[]): void
  /** Says that what is left of a segment is on the disk. */
  written(segment: string): void
  /** Of which segments what is left is not on the disk. */
  unwritten(): string[]
  /** Forgets the segments of which nothing is to be left any more; returns them. */
  forgetExpired(now: number): string[]
}

/** What is left of a segment: records that follow each other in the store, up to the next part. */
interface Part {
  readonly segment: string
  readonly begin: RecordNumber
  count: number
  /** When the last of its deliveries came. */
  newest: number
  isWritten: boolean
}

/** Creates it with nothing in it. */
export function createPrunedKeys(): PrunedKeys {
  const store = createRecordStore<null>()
  /** Oldest first. */
  let parts: Part[] = []

  const has = (id: string): boolean => store.findId(id) !== 0

  function recordAt(number: RecordNumber): KeyRecord {
    const record = readRecord(store.json(number))
    if (record.t !== 'key') throw new Error('the record of a key is none')
    return record
  }

  function numbersOf(segment: string): RecordNumber[] {
    const part = parts.find((one) => one.segment === segment)
    return part === undefined ? [] : Array.from({ length: part.count }, (_, i) => part.begin + i)
  }

  /** The part of a segment at the end of the store, where it can grow: what it has elsewhere is moved there. */
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
    // A segment that could not be removed leaves the same again.
    const unknown = records.filter(({ id }) => !has(id))
    if (unknown.length > 0) grow(partAtEnd(segment), unknown)
  }

  function forgetExpired(now: number): string[] {
    const expired: string[] = []
    let left = parts.reduce((sum, { count }) => sum + count, 0)
    for (const { segment, count, newest } of parts) {
      if (left - count < MAX_KEYS && now - newest <= KEY_KEPT_MS) break
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
