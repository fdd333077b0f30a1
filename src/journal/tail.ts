// The end of the log: which segment is written to, and at which byte.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, syncFolder } from '../core/files.ts'
import type { Kept } from './ledger.ts'
import { encodeLine } from './lines.ts'
import { createSegment, grow, isFull, type Limits, placeOf, type Segment, segmentName } from './segments.ts'

/** As much of a `FileHandle` as writing takes. */
interface LogFile {
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
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

  async function write(lines: readonly Kept[]): Promise<void> {
    const [first] = lines
    if (first === undefined) return
    const { target, segment } = await current(first.head.seq)
    const { bytes, lengths } = bytesOf(lines.map(encodeKept), scratch)
    // At a known position: what a failed write left behind is overwritten with the same bytes, not added to.
    await writeAll(target, bytes, segment.bytes)
    lines.forEach((line, i) => {
      const length = (lengths[i] ?? 1) - 1
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

  /** `null` when the file is shorter than it was: somebody emptied the folder. */
  async function reopen(segment: Segment): Promise<LogFile | null> {
    const opened = await openSegment(segment)
    if ((await opened.stat()).size >= segment.bytes) return opened
    await opened.close()
    return null
  }

  /** What was written may be unsynced although its file is closed: after a failure. `false` when it is gone. */
  async function sync(): Promise<boolean> {
    const last = segments.at(-1)
    if (last === undefined) return true
    file ??= await reopen(last)
    await file?.datasync()
    return file !== null
  }

  async function begin(seq: number): Promise<{ target: LogFile; segment: Segment }> {
    await sync()
    await close()
    const segment = createSegment(segmentName(seq))
    const target = await openSegment(segment)
    file = target
    segments.push(segment)
    await onSegment()
    return { target, segment }
  }

  async function openSegment({ name }: Segment): Promise<LogFile> {
    await makePrivateFolder(events)
    const opened = await openFile(join(events, name), constants.O_RDWR | constants.O_CREAT, 0o600)
    await syncFolder(events)
    return opened
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
      // The first error is the one to tell.
      await close().catch(() => {})
      throw error
    }
  }

  return {
    write: (lines) => orReopen(() => write(lines)),
    sync: () =>
      orReopen(async () => {
        if (!(await sync())) throw new Error('somebody removed its files')
      }),
    close,
  }
}

type Encoded = ReturnType<typeof encodeLine>

const encodeKept = ({ head, at }: Kept): Encoded =>
  encodeLine({ head, content: at !== null && 'body' in at ? at : null })

// Room for a usual batch. Used again and again, since the system maps a new one of this size page by page.
const SCRATCH_BYTES = 1024 * 1024

/** All lines in one buffer, in `scratch` if they fit, and the length of each. */
function bytesOf(lines: readonly Encoded[], scratch: Buffer): { readonly bytes: Buffer; readonly lengths: number[] } {
  const most = lines.flat().reduce((sum, part) => sum + (typeof part === 'string' ? 3 : 1) * part.length, 0)
  const buffer = most <= scratch.length ? scratch : Buffer.allocUnsafeSlow(most)
  let end = 0
  const lengths = lines.map((parts) => {
    const start = end
    for (const part of parts) end += typeof part === 'string' ? buffer.write(part, end) : part.copy(buffer, end)
    return end - start
  })
  return { bytes: buffer.subarray(0, end), lengths }
}

async function writeAll(file: LogFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk took no more bytes')
    done += bytesWritten
  }
}

/** Opens a file of the real disk. */
export const openLogFile: OpenFile = (path, flags, mode) => open(path, flags, mode)
