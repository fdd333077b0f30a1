// Reading a file in which people keep options, whatever kind of file it is: a secret manager may serve it through a named pipe.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { poll } from '../async.ts'
import { codeOf } from '../errors.ts'
import { every } from '../pace.ts'
import { formatSize } from '../text/size.ts'

export interface ReadSource {
  /** How long a pipe is waited for into which nobody has written yet, in ms. Default: 5 s. */
  readonly pipeMs?: number
  readonly signal?: AbortSignal | undefined
  /** How large it may be. Default: 4 MiB. */
  readonly maxBytes?: number
}

/** A manager that asks its user first takes longer, and then the next start finds it open. */
const PIPE_MS = 5_000
const POLL_MS = 20
const CHUNK_BYTES = 64 * 1024
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads a file, or a pipe up to its end. Rejects with what keeps it from being read: missing, too large, a folder, or a pipe into
 * which nobody writes in time.
 */
export async function readSource(
  path: string,
  { pipeMs = PIPE_MS, signal, maxBytes = MAX_BYTES }: ReadSource = {},
): Promise<Buffer> {
  // An open of the usual kind waits for whoever writes into a pipe, for ever, and so does everything after it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await file.stat()
    if (stats.isFile() && stats.size <= maxBytes) return await file.readFile()
    const parts: Buffer[] = []
    const isPipe = stats.isFIFO()
    const isAtEnd = (): Promise<boolean> => readAll(file, parts, { isPipe, maxBytes })
    const limit = { pace: every(POLL_MS), limitMs: pipeMs, signal }
    if (await poll(isAtEnd, (ended) => ended, limit)) return Buffer.concat(parts)
    throw new Error(`it is a pipe into which nobody has written for ${pipeMs / 1_000} s; is what serves it locked?`)
  } finally {
    await file.close()
  }
}

/** Reads what there is. Resolves to whether that was all: a pipe looks the same at its end and before anybody has opened it. */
async function readAll(
  file: FileHandle,
  parts: Buffer[],
  { isPipe, maxBytes }: { readonly isPipe: boolean; readonly maxBytes: number },
): Promise<boolean> {
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    const bytes = await readSome(file, chunk)
    if (bytes === null) return false
    if (bytes === 0) return !isPipe || parts.length > 0
    parts.push(chunk.subarray(0, bytes))
    if (parts.reduce((sum, part) => sum + part.length, 0) > maxBytes)
      throw new Error(`it is larger than ${formatSize(maxBytes)}`)
  }
}

/** How many bytes were read; `null` when whoever has opened the other end has not written any yet. */
async function readSome(file: FileHandle, into: Buffer): Promise<number | null> {
  try {
    return (await file.read(into, 0, into.length)).bytesRead
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return null
    throw error
  }
}
