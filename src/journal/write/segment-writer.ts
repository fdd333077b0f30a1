// The end of the log: which segment lines are written to, and at which byte.
import { constants } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../core/errors.ts'
import { makePrivateFolder } from '../../core/files.ts'
import { lineEnd } from '../format/checksum.ts'
import { encodeMembers } from '../format/line-codec.ts'
import type { IndexedRecord } from '../index-by-delivery.ts'
import type { Pruning } from '../prune.ts'
import { createSegment, extentOf, growSegment, isFull, type Limits, type Segment, segmentName } from '../segments.ts'
import { type ByteBuffer, createByteBuffer } from './byte-buffer.ts'
import { type LogFile, type OpenFile, writePieces } from './log-file.ts'
import { createSegmentSync } from './segment-sync.ts'

export interface SegmentWriter {
  /** Adds records behind the last one; when it rejects, none of them counts, and they may be given again. */
  write(records: readonly IndexedRecord[]): Promise<void>
  /** Makes durable what was written. Rejects when the disk refuses, or when somebody removed the files. */
  sync(): Promise<void>
  close(): Promise<void>
}

interface SegmentWriterOptions {
  readonly events: string
  /** Known already, oldest first; new ones are added at the end. */
  readonly segments: Segment[]
  readonly limits: Limits
  readonly now: () => number
  readonly openFile: OpenFile
  readonly pruning: Pick<Pruning, 'due'>
}

/** Creates the writer of a log's end; nothing is opened before the first record comes. */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { events, segments, limits, now, openFile, pruning } = options
  const reopen = (segment: Segment): Promise<LogFile | null> => openAgain(openFile, events, segment)
  const buffer = createByteBuffer()
  const durability = createSegmentSync({ events, segments, open: reopen, openLast })
  /** The last segment, while it is open. */
  let file: LogFile | null = null

  async function write(records: readonly IndexedRecord[]): Promise<void> {
    const [first] = records
    if (first === undefined) return
    const { target, segment } = await current(first.record.seq)
    const { left, prune } = pruning.due(first.record.seq)
    try {
      await append(target, segment, [...left, ...records])
    } finally {
      // Also when the disk refused: it may be full.
      await prune()
    }
  }

  async function append(target: LogFile, segment: Segment, records: readonly IndexedRecord[]): Promise<void> {
    durability.written(segment)
    buffer.clear()
    const ends = records.map((indexed) => addLine(buffer, indexed))
    // At a known position: what a failed write left behind is overwritten with the same bytes, not added to.
    const start = segment.bytes
    await writePieces(target, buffer.bytes(), start)
    // What a large batch made of it is not kept for the small ones.
    buffer.clear()
    records.forEach((indexed, i) => {
      const length = start + (ends[i] ?? 0) - segment.bytes - 1
      indexed.content = extentOf(indexed.record, segment.name, segment.bytes, length)
      growSegment(segment, indexed.record, length)
    })
  }

  async function current(seq: number): Promise<{ target: LogFile; segment: Segment }> {
    const last = segments.at(-1)
    if (last === undefined || isFull(last, limits, now())) return begin(seq)
    const target = await openLast(last)
    return target === null ? begin(seq) : { target, segment: last }
  }

  async function begin(seq: number): Promise<{ target: LogFile; segment: Segment }> {
    await close()
    const segment = createSegment(segmentName(seq))
    await makePrivateFolder(events)
    durability.folderChanged()
    const target = await openFile(join(events, segment.name), constants.O_RDWR | constants.O_CREAT, 0o600)
    file = target
    segments.push(segment)
    return { target, segment }
  }

  async function openLast(segment: Segment): Promise<LogFile | null> {
    file ??= await reopen(segment)
    return file
  }

  async function close(): Promise<void> {
    const closing = file
    file = null
    await closing?.close()
  }

  /** After a failure the file is opened anew: its disk may have been away. */
  async function orReopen(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      durability.failed()
      // The first error is the one that is reported.
      await close().catch(() => {})
      throw error
    }
  }

  return { write: (records) => orReopen(() => write(records)), sync: () => orReopen(durability.sync), close }
}

/** Opens a segment again; `null` when the file is gone, or shorter than it was: somebody emptied the folder. */
async function openAgain(openFile: OpenFile, events: string, { name, bytes }: Segment): Promise<LogFile | null> {
  const opened = await openFile(join(events, name), constants.O_RDWR, 0o600).catch(nullIfMissing)
  if (opened === null || (await opened.stat()).size >= bytes) return opened
  await opened.close()
  return null
}

/** Adds the line of a record; where the line ends in the buffer. */
function addLine(buffer: ByteBuffer, indexed: IndexedRecord): number {
  const begin = buffer.length
  for (const part of encodeMembers({ record: indexed.record, content: inMemory(indexed) })) buffer.add(part)
  buffer.add(lineEnd(buffer.bytes(begin)))
  return buffer.length
}

const inMemory = ({ content }: IndexedRecord) => (content !== null && 'body' in content ? content : null)

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}
