// A file that text is appended to, and that is set aside when it has become large.
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makePrivateFolder } from '../../core/files/private-file.ts'

/** An open file, appended to. */
export interface AppendedFile {
  /** Its size when it was opened, in bytes. */
  readonly size: number
  /** Appends bytes; resolves with how many were taken. */
  append(bytes: Buffer): Promise<number>
  close(): Promise<void>
}

/** What a rotated file needs of the file system. */
export interface AppendedFiles {
  /** Opens a file, and makes it and its folder where there are none, for its owner alone. */
  open(path: string): Promise<AppendedFile>
  rename(from: string, to: string): Promise<void>
}

const REAL: AppendedFiles = {
  open: async (path) => {
    await makePrivateFolder(dirname(path))
    const file = await open(path, 'a', 0o600)
    const { size } = await file.stat()
    return { size, append: async (bytes) => (await file.write(bytes)).bytesWritten, close: () => file.close() }
  },
  rename,
}

export interface RotatedFile {
  /** Appends whole lines. Rejects when not all of it could be written; the next text begins on a line of its own all the same. */
  append(text: string): Promise<void>
  close(): Promise<void>
}

/** Creates a rotated file; it is opened by the first text. Larger than `maxBytes` it goes on under `aside`, in place of the one before. */
export function createRotatedFile(
  path: string,
  aside: string,
  maxBytes: number,
  files: AppendedFiles = REAL,
): RotatedFile {
  let file: AppendedFile | null = null
  let size = 0
  /** Whether the last line in the file has no end. */
  let torn = false

  async function openFile(): Promise<AppendedFile> {
    const opened = await files.open(path)
    size = opened.size
    if (size <= maxBytes) return opened
    await opened.close()
    await files.rename(path, aside)
    const fresh = await files.open(path)
    size = fresh.size
    return fresh
  }

  async function close(): Promise<void> {
    const open = file
    file = null
    await open?.close()
  }

  async function write(text: string): Promise<void> {
    file ??= await openFile()
    let rest = Buffer.from(torn ? `\n${text}` : text)
    while (rest.length > 0) {
      const taken = await file.append(rest)
      if (taken === 0) throw new Error('the disk accepted no more bytes')
      torn = taken < rest.length
      size += taken
      rest = rest.subarray(taken)
    }
    if (size > maxBytes) await close()
  }

  return {
    append: async (text) => {
      try {
        await write(text)
      } catch (error) {
        // What is wrong with this file may be right with the same one opened again.
        await close().catch(() => undefined)
        throw error
      }
    },
    close,
  }
}
