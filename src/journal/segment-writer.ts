// The end of the log: which segment is written to, and at which byte.

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { makePrivateFolder, syncFolder } from '../core/files.ts'
import { createPage, type Page } from './byte-buffer.ts'
import type { Kept } from './index-by-delivery.ts'
import { encodeLine } from './record-format.ts'
import { createSegment, grow, isFull, type Limits, placeOf, type Segment, segmentName } from './segments.ts'

/** As much of a `FileHandle` as writing takes. */
interface LogFile {
  read(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  stat(): Promise<{ readonly size: number }>
  datasync(): Promise<void>
  close(): Promise<void>
}

export type OpenFile = (path: string, flags: number, mode: number) => Promise<LogFile>

export interface Tail {
  /** Adds lines behind the last one; when it rejects, none of them counts, and they may be given again. */
  write(lines: readonly Kept[]): Promise<void>
  /** Makes durable what was written. */
  sync(): Promise<void>
  close(): Promise<void>
}

interface TailOptions {
  readonly events: string
  /** Known already, oldest first; new ones are added at the end. */
  readonly segments: Segment[]
  readonly limits: Limits
  readonly now: () => number
  readonly openFile: OpenFile
  /** A new segment was begun. */
  readonly onSegment: () => Promise<void>
}

/** Creates the end of the log; nothing is opened before the first line comes. */
export function createTail({ events, segments, limits, now, openFile, onSegment }: TailOptions): Tail {
  let file: LogFile | null = null
  const page = createPage()
  /** What a power failure would take: lines of these segments, and files that their folder may not know. */
  const unsynced = new Set<Segment>()
  let folderChanged = false
  /** How much of each is durable for certain. */
  const durable = new WeakMap<Segment, number>()
  let refused = false

  async function write(lines: readonly Kept[]): Promise<void> {
    const [first] = lines
    if (first === undefined) return
    const { target, segment } = await current(first.head.seq)
    unsynced.add(segment)
    page.clear()
    const ends = lines.map((line) => put(line, page))
    // At a known position: what a failed write left behind is overwritten with the same bytes, not added to.
    await writeAll(target, page.bytes(), segment.bytes)
    const start = segment.bytes
    lines.forEach((line, i) => {
      const length = start + (ends[i] ?? 0) - segment.bytes - 1
      line.at = placeOf(line.head, segment.name, segment.bytes, length)
      grow(segment, line.head, length)
    })
  }

  async function current(seq: number): Promise<{ target: LogFile; segment: Segment }> {
    const last = segments.at(-1)
    if (last === undefined || isFull(last, limits, now())) return begin(seq)
    file ??= await reopen(last)
    return file === null ? begin(seq) : { target: file, segment: last }
  }

  /** `null` when the file is gone, or shorter than it was: somebody emptied the folder. */
  async function reopen(segment: Segment): Promise<LogFile | null> {
    const opened = await openFile(pathOf(segment), constants.O_RDWR, 0o600).catch(nullIfMissing)
    if (opened === null || (await opened.stat()).size >= segment.bytes) return opened
    await opened.close()
    return null
  }

  /** `false` when the file is gone. Segments stay unsynced until somebody waits for it: most often nobody does. */
  async function sync(): Promise<boolean> {
    for (const segment of unsynced) {
      if (segment !== segments.at(-1)) await syncClosed(segment)
      else if (!(await syncLast(segment))) return false
    }
    if (folderChanged) await syncFolder(events)
    unsynced.clear()
    folderChanged = false
    refused = false
    return true
  }

  async function syncFile(opened: LogFile, segment: Segment): Promise<void> {
    const { bytes } = segment
    if (refused) await rewrite(opened, durable.get(segment) ?? 0, bytes)
    await opened.datasync()
    durable.set(segment, bytes)
  }

  async function syncLast(segment: Segment): Promise<boolean> {
    file ??= await reopen(segment)
    if (file !== null) await syncFile(file, segment)
    return file !== null
  }

  /** One that somebody removed has nothing any more that could be lost. */
  async function syncClosed(segment: Segment): Promise<void> {
    const opened = await reopen(segment)
    try {
      if (opened !== null) await syncFile(opened, segment)
    } finally {
      await opened?.close()
    }
  }

  async function begin(seq: number): Promise<{ target: LogFile; segment: Segment }> {
    await close()
    const segment = createSegment(segmentName(seq))
    await makePrivateFolder(events)
    folderChanged = true
    const target = await openFile(pathOf(segment), constants.O_RDWR | constants.O_CREAT, 0o600)
    file = target
    segments.push(segment)
    await onSegment()
    for (const pruned of unsynced) if (!segments.includes(pruned)) unsynced.delete(pruned)
    return { target, segment }
  }

  const pathOf = ({ name }: Segment): string => join(events, name)

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
      refused = true
      // The first error is the one to tell.
      await close().catch(() => {})
      throw error
    }
  }

  return {
    write: (lines) => orReopen(() => write(lines)),
    sync: () =>
      orReopen(async () => {
        if (!(await sync())) throw new Error('its files were removed')
      }),
    close,
  }
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

/** Puts a line onto the page; gives where it ends, behind its line feed. */
function put({ head, at }: Kept, page: Page): number {
  for (const part of encodeLine({ head, content: at !== null && 'body' in at ? at : null })) page.add(part)
  return page.length
}

/**
 * Writes again what the disk did not take for good: Linux counts pages as written once their sync has failed, so that the next
 * sync says that all is well.
 */
async function rewrite(file: LogFile, from: number, to: number): Promise<void> {
  const page = Buffer.alloc(Math.min(REWRITE_BYTES, to - from))
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(page, 0, Math.min(page.length, to - at), at)
    if (bytesRead === 0) throw new Error('the file became shorter')
    await writeAll(file, page.subarray(0, bytesRead), at)
    at += bytesRead
  }
}

const REWRITE_BYTES = 256 * 1024

async function writeAll(file: LogFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk accepted no more bytes')
    done += bytesWritten
  }
}

/** Opens a file of the real disk. */
export const openLogFile: OpenFile = (path, flags, mode) => open(path, flags, mode)
