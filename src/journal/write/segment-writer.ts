// The end of the log: which segment new lines go to, and at which byte.
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
  /** Appends records. When it rejects, none of them counts, and they may be passed again. */
  write(records: readonly WaitingRecord[]): Promise<void>
  /** Makes durable what was written. Rejects when the disk refuses, or when somebody removed the files. */
  sync(): Promise<void>
  close(): Promise<void>
}

interface SegmentWriterOptions {
  readonly events: string
  /** Oldest first; new ones are appended. */
  readonly segments: Segment[]
  readonly limits: Limits
  readonly now: () => number
  readonly openFile: OpenFile
  /** Called for each record that was written, with its JSON and where that is. */
  readonly written: (record: WaitingRecord, json: string, at: Extent) => void
  /** Removes what exceeds the limits. Never rejects. */
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
      // Even when the disk refused: it may be full.
      await prune()
    }
  }

  async function append(target: LogFile, segment: Segment, records: readonly WaitingRecord[]): Promise<void> {
    durability.written(segment)
    buffer.clear()
    const lines = records.map((waiting) => encode(buffer, waiting))
    // At a known position, so that the same bytes overwrite what a failed write left behind.
    const start = segment.bytes
    await writePieces(target, buffer.bytes(), start)
    // The memory of a large batch is not kept for small ones.
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
    if (file !== null && (await isRemoved(file))) await close()
    file ??= await reopen(segment)
    return file
  }

  async function close(): Promise<void> {
    const closing = file
    file = null
    await closing?.close()
  }

  /** After a failure the file is opened again: its disk may have been unmounted meanwhile. */
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

/** Whether an open file has no name any more: nobody would ever find what is written to it now. */
const isRemoved = async (file: LogFile): Promise<boolean> => (await file.stat()).nlink === 0

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
