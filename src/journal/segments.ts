// The segments of the log: their names, their sizes, and reading from them.
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { type Content, decodeLine, type LineFormat } from './format/line-codec.ts'
import type { LogRecord } from './format/record-format.ts'

/** How much the journal keeps, whichever limit is reached first. */
export interface Limits {
  readonly deliveries: number
  readonly ms: number
  readonly bytes: number
}

/** One file of the log. */
export interface Segment {
  readonly name: string
  /** Its size, up to the end of the last good line. */
  bytes: number
  deliveries: number
  /** When its first delivery arrived, and the one with the latest time, in milliseconds since the epoch; `null` while it has none. */
  oldest: number | null
  newest: number | null
}

/** Where a line is, in bytes. `length` does not count the line feed. */
export interface Extent {
  readonly segment: string
  readonly offset: number
  readonly length: number
}

// Segments of the first version have no checksums. The name says so, because anything inside could itself be damaged.
const NAME = /^\d{16}(?:\.crc)?\.jsonl$/
const CHECKED = '.crc.jsonl'
const SEGMENT_BYTES = 8 * 1024 * 1024

/** The folder of the segments, inside the folder of the bot. */
export const eventsFolder = (folder: string): string => join(folder, 'events')

/** Names a segment by the number of its first record, so that names sort as the records do. */
export const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(16, '0')}${CHECKED}`

/** Whether the lines of a segment have checksums, by its name. */
export const formatOf = (name: string): LineFormat => (name.endsWith(CHECKED) ? 'checked' : 'unchecked')

/** The number of a segment's first record. */
export const firstSeqOf = (name: string): number => Number.parseInt(name, 10)

export const createSegment = (name: string): Segment => ({ name, bytes: 0, deliveries: 0, oldest: null, newest: null })

/** Counts a line, of `length` bytes without its line feed, as part of a segment. */
export function growSegment(segment: Segment, record: LogRecord, length: number): void {
  segment.bytes += length + 1
  if (record.t !== 'delivery') return
  segment.deliveries += 1
  segment.oldest ??= record.receivedAt
  // Not the last one's: the clock may have been set back before that.
  segment.newest = Math.max(segment.newest ?? record.receivedAt, record.receivedAt)
}

/** The size at which a segment is full, in bytes: at most a tenth of the limit, so that pruning removes little at a time. */
export const segmentBytes = (limits: Limits): number => Math.min(SEGMENT_BYTES, limits.bytes / 10)

/** Whether the next line belongs in a new segment. */
export function isFull(segment: Segment, limits: Limits, now: number): boolean {
  if (formatOf(segment.name) === 'unchecked') return true
  if (segment.bytes >= segmentBytes(limits) || segment.deliveries >= limits.deliveries / 10) return true
  return segment.oldest !== null && now - segment.oldest >= limits.ms / 7
}

/** Lists the names of the segments, oldest first; empty when there is no such folder. */
export async function listSegments(events: string): Promise<string[]> {
  try {
    return (await readdir(events)).filter((name) => NAME.test(name)).sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Opens a segment for reading; `null` when it is gone, because the writer may prune at any time. */
export async function openSegment(events: string, name: string): Promise<FileHandle | null> {
  try {
    return await open(join(events, name), 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Where the content of a record can be read again; `null` for a settlement, which has none. */
export const extentOf = (record: LogRecord, segment: string, offset: number, length: number): Extent | null =>
  record.t === 'settled' ? null : { segment, offset, length }

/** Reads headers and body from memory or disk; `null` when there are none, or when they are gone or damaged. */
export async function readContent(events: string, from: Content | Extent | null): Promise<Content | null> {
  if (from === null || 'body' in from) return from
  const file = await openSegment(events, from.segment)
  if (file === null) return null
  try {
    const bytes = Buffer.alloc(from.length)
    // If the file ends early, the rest stays zeros, which do not decode as a line.
    await file.read(bytes, 0, from.length, from.offset)
    return decodeLine(bytes, formatOf(from.segment))?.content ?? null
  } finally {
    await file.close()
  }
}
