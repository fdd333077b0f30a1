// The records that wait to be written: in order, bounded in bytes, taken in batches.
import type { Content } from '../format/line-codec.ts'
import type { LogRecord } from '../format/record-format.ts'
import type { IndexRow } from '../index/stored-entries.ts'

/** A record that waits to be written. */
export interface WaitingRecord {
  readonly record: LogRecord
  readonly content: Content | null
  /** Its row in the index; `null` if the index does not know its delivery. */
  row: IndexRow | null
}

/** Records that are written together. */
interface Batch {
  readonly records: readonly WaitingRecord[]
  readonly bytes: number
}

export interface WriteQueue {
  /** How many wait. */
  readonly length: number
  /** About how many bytes they take. */
  readonly bytes: number
  /** How many have been removed so far. */
  readonly removed: number
  /** Whether this record would exceed the bound. */
  isFullFor(record: WaitingRecord): boolean
  push(record: WaitingRecord): void
  /** The oldest records, as many as are written together: at least one, at most `max`. They stay until they are removed. */
  batch(max: number): Batch
  /** Removes the records of the first batch. */
  remove(batch: Batch): void
}

/** How much is encoded at a time, in bytes: this takes about a millisecond of the event loop. */
export const BATCH_BYTES = 256 * 1024
const RECORD_BYTES = 512

const bytesOf = ({ content }: WaitingRecord): number => RECORD_BYTES + (content?.body.length ?? 0)

/** Creates an empty queue that holds up to `maxBytes`. */
export function createWriteQueue(maxBytes: number): WriteQueue {
  const records: WaitingRecord[] = []
  let bytes = 0
  let removed = 0
  return {
    get length() {
      return records.length
    },
    get bytes() {
      return bytes
    },
    get removed() {
      return removed
    },
    isFullFor: (record) => bytes + bytesOf(record) > maxBytes,
    push: (record) => {
      records.push(record)
      bytes += bytesOf(record)
    },
    batch: (max) => {
      let count = 0
      let size = 0
      for (const record of records) {
        const more = bytesOf(record)
        if (count === max || (count > 0 && size + more > BATCH_BYTES)) break
        count += 1
        size += more
      }
      return { records: records.slice(0, count), bytes: size }
    },
    remove: (batch) => {
      records.splice(0, batch.records.length)
      bytes -= batch.bytes
      removed += batch.records.length
    },
  }
}
