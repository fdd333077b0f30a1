// Writing to a file of the log: all of it, at a known position, and once more after a failed sync.
import { open } from 'node:fs/promises'

/** The part of a `FileHandle` that writing needs. */
export interface LogFile {
  read(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  /** `nlink`: how many names it has. */
  stat(): Promise<{ readonly size: number; readonly nlink: number }>
  datasync(): Promise<void>
  close(): Promise<void>
}

export type OpenFile = (path: string, flags: number, mode: number) => Promise<LogFile>

/** Opens a file of the real disk. */
export const openLogFile: OpenFile = (path, flags, mode) => open(path, flags, mode)

/** Writes pieces one after the other, from a position on; rejects when the disk takes no more. */
export async function writePieces(file: LogFile, pieces: readonly Buffer[], position: number): Promise<void> {
  let at = position
  for (const piece of pieces) {
    await writeAt(file, piece, at)
    at += piece.length
  }
}

async function writeAt(file: LogFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk accepted no more bytes')
    done += bytesWritten
  }
}

const REWRITE_BYTES = 256 * 1024

/**
 * Writes the bytes between two positions once more. When a sync fails, Linux marks its pages as clean, so that the next sync would
 * report success for what is not on disk.
 */
export async function rewrite(file: LogFile, from: number, to: number): Promise<void> {
  const buffer = Buffer.alloc(Math.min(REWRITE_BYTES, to - from))
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at)
    if (bytesRead === 0) throw new Error('the file became shorter')
    await writeAt(file, buffer.subarray(0, bytesRead), at)
    at += bytesRead
  }
}
