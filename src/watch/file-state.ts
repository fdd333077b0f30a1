// What tells one content of a file from another: when it was written, and a digest where it was read.
import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** What is known of a regular file. */
export interface FileState {
  /** Differs whenever the file was written or replaced; two writes within one tick of the file system's clock may share one. */
  readonly stamp: string
  /** When its attributes changed last, which a write changes too; nanoseconds since the epoch. */
  readonly ctimeNs: bigint
  readonly size: bigint
  /** It was written just before it was looked at: another write within the same tick of the file system's clock looks the same. */
  readonly isFresh: boolean
  /** Of its content; `null` where that was not read: too large, or not readable for us. */
  readonly digest: string | null
}

/** Longer than a tick of any file system, even of those that count in seconds. */
const FRESH_MS = 2_100

/** The state of a file whose content was not read. */
export function stateOf(stats: BigIntStats): FileState {
  const { mtimeNs, ctimeNs, size, dev, ino } = stats
  const isFresh = Math.abs(Date.now() - Number(ctimeNs / 1_000_000n)) < FRESH_MS
  return { stamp: `${mtimeNs} ${size} ${dev}:${ino}`, ctimeNs, size, isFresh, digest: null }
}

/** Reads a file of at most `maxBytes` for its digest. Gives the state without one when it cannot, or must not, be read. Never rejects. */
export async function readState(path: string, seen: BigIntStats, maxBytes: number): Promise<FileState> {
  try {
    // A pipe that takes the file's place this moment would keep an open of the usual kind waiting for ever.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await file.stat({ bigint: true })
      if (!stats.isFile()) return stateOf(seen)
      // The stamp is from before the reading: a write in between gives another one, and the file is read again.
      if (stats.size > maxBytes) return stateOf(stats)
      return {
        ...stateOf(stats),
        digest: createHash('sha1')
          .update(await file.readFile())
          .digest('base64'),
      }
    } finally {
      await file.close()
    }
  } catch {
    // Not ours to read, or gone by now, which the next check finds.
    return stateOf(seen)
  }
}

/** Whether a file that was looked at twice has the same content. */
export function isSameContent(before: FileState, after: FileState): boolean {
  if (before.digest !== null && after.digest !== null) return before.digest === after.digest
  return before.stamp === after.stamp
}
