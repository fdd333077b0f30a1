// The segments of the log: their names, what is known of each, and reading from them.
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { type Content, decodeLine, type LineFormat } from './format/line-codec.ts'
import type { LogRecord } from './format/record-format.ts'

/** What the journal keeps, whichever ends first. */
export interface Limits {
  readonly deliveries: number
  readonly ms: number
  readonly bytes: number
}

/** One file of the log. */
export interface Segment {
  readonly name: string
  /** Up to the last good line. */
  bytes: number
  deliveries: number
  /** When its first and its last delivery came, in milliseconds since the epoch; `null` while it has none. */
  oldest: number | null
  newest: number | null
}

/** Where a line is. `length` leaves out the line feed. */
export interface Extent {
  readonly segment: string
  readonly offset: number
  readonly length: number
}

// Those of the first version have no checksums. Their name tells, as nothing in a line could: it may be what is damaged.
const NAME = /^\d{16}(?:\.crc)?\.jsonl$/
const CHECKED = '.crc.jsonl'
const SEGMENT_BYTES = 8 * 1024 * 1024

/** The folder of the segments, inside the folder of the bot. */
export const eventsFolder = (folder: string): string => join(folder, 'events')

/** Names a segment by the number of its first record, so that names sort as the records do. */
export const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(16, '0')}${CHECKED}`

/** How the lines of a segment end. */
export const formatOf = (name: string): LineFormat => (name.endsWith(CHECKED) ? 'checked' : 'unchecked')

/** The number of a segment's first record. */
export const firstSeqOf = (name: string): number => Number.parseInt(name, 10)

export const createSegment = (name: string): Segment => ({ name, bytes: 0, deliveries: 0, oldest: null, newest: null })

/** Counts a line in, `length` bytes without its line feed. */
export function growSegment(segment: Segment, record: LogRecord, length: number): void {
  segment.bytes += length + 1
  if (record.t !== 'delivery') return
  segment.deliveries += 1
  segment.oldest ??= record.receivedAt
  segment.newest = record.receivedAt
}

/** The largest size of a segment, unless a single line is larger: a tenth of all, so that pruning frees little at a time. */
export const segmentBytes = (limits: Limits): number => Math.min(SEGMENT_BYTES, limits.bytes / 10)

/** Whether the next line belongs into a new segment. */
export function isFull(segment: Segment, limits: Limits, now: number): boolean {
  if (formatOf(segment.name) === 'unchecked') return true
  if (segment.bytes >= segmentBytes(limits) || segment.deliveries >= limits.deliveries / 10) return true
  return segment.oldest !== null && now - segment.oldest >= limits.ms / 7
}

/** Lists the names of the segments, oldest first; none when there is no such folder. */
export async function listSegments(events: string): Promise<string[]> {
  try {
    return (await readdir(events)).filter((name) => NAME.test(name)).sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Opens a segment to read it; `null` when it is gone, because the writer may prune at any time. */
export async function openSegment(events: string, name: string): Promise<FileHandle | null> {
  try {
    return await open(join(events, name), 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Where a record is found again; `null` for one that nobody looks for. */
export const extentOf = (record: LogRecord, segment: string, offset: number, length: number): Extent | null =>
  record.t === 'settled' ? null : { segment, offset, length }

/** Reads headers and body from wherever they are; `null` when there are none, or they are gone or damaged. */
export async function readContent(events: string, from: Content | Extent | null): Promise<Content | null> {
  if (from === null || 'body' in from) return from
  const file = await openSegment(events, from.segment)
  if (file === null) return null
  try {
    const bytes = Buffer.alloc(from.length)
    // A file that ends early leaves zeros at the end, which are no line.
    await file.read(bytes, 0, from.length, from.offset)
    return decodeLine(bytes, formatOf(from.segment))?.content ?? null
  } finally {
    await file.close()
  }
}
