// The end of the log: which segment lines are written to, and at which byte.
import { constants } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../core/errors.ts'
import { makePrivateFolder } from '../../core/files/private-file.ts'
import { writeRecord } from '../format/record-format.ts'
import { createSegment, type Extent, growSegment, isFull, type Limits, type Segment, segmentName } from '../segments.ts'
import { addLine } from './add-line.ts'
import { type ByteBuffer, createByteBuffer } from './byte-buffer.ts'
import { type LogFile, type OpenFile, writePieces } from './log-file.ts'
import { createSegmentSync } from './segment-sync.ts'
import type { WaitingRecord } from './write-queue.ts'

export interface SegmentWriter {
  /** Adds records behind the last one; when it rejects, none of them counts, and they may be given again. */
  write(records: readonly WaitingRecord[]): Promise<void>
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
  /** Called for each record that was written, as what and where. */
  readonly written: (record: WaitingRecord, json: string, at: Extent) => void
  /** Removes what is beyond the limits. Never rejects. */
  readonly prune: () => Promise<void>
}

/** Creates the writer of a log's end; nothing is opened before the first record comes. */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { events, segments, limits, now, openFile, written, prune } = options
  const reopen = (segment: Segment): Promise<LogFile | null> => openAgain(openFile, events, segment)
  const buffer = createByteBuffer()
  const durability = createSegmentSync({ events, segments, open: reopen, openLast })
  /** The last segment, while it is open. */
  let file: LogFile | null = null

  async function write(records: readonly WaitingRecord[]): Promise<void> {
    const [first] = records
    if (first === undefined) return
    const { target, segment } = await current(first.record.seq)
    try {
      await append(target, segment, records)
    } finally {
      // Also when the disk refused: it may be full.
      await prune()
    }
  }

  async function append(target: LogFile, segment: Segment, records: readonly WaitingRecord[]): Promise<void> {
    durability.written(segment)
    buffer.clear()
    const lines = records.map((waiting) => encode(buffer, waiting))
    // At a known position: what a failed write left behind is overwritten with the same bytes, not added to.
    const start = segment.bytes
    await writePieces(target, buffer.bytes(), start)
    // What a large batch made of it is not kept for the small ones.
    buffer.clear()
    for (const { waiting, json, end } of lines) {
      const length = start + end - segment.bytes - 1
      written(waiting, json, { segment: segment.name, offset: segment.bytes, length })
      growSegment(segment, waiting.record, length)
    }
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

/** Adds the line of a record; `end` is where it ends in the buffer. */
function encode(buffer: ByteBuffer, waiting: WaitingRecord) {
  const json = writeRecord(waiting.record)
  return { waiting, json, end: addLine(buffer, json, waiting.content) }
}

/** Opens a segment again; `null` when the file is gone, or shorter than it was: somebody emptied the folder. */
async function openAgain(openFile: OpenFile, events: string, { name, bytes }: Segment): Promise<LogFile | null> {
  const opened = await openFile(join(events, name), constants.O_RDWR, 0o600).catch(nullIfMissing)
  if (opened === null || (await opened.stat()).size >= bytes) return opened
  await opened.close()
  return null
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}
