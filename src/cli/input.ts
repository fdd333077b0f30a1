// What a person hands to a command: a file, or standard input for `-`.
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { DevHookError } from '../core/errors.ts'
import { whyUnreadable } from '../core/files/why-unreadable.ts'
import { readUpTo } from '../core/http/read-body.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { formatSize } from '../core/text/size.ts'

/** Reads a file, or standard input, byte for byte. Throws `usage` for one that cannot be read, or is larger than any delivery. */
export async function readInput(named: string, cwd: string): Promise<Buffer> {
  try {
    const source: AsyncIterable<unknown> = named === '-' ? process.stdin : createReadStream(resolve(cwd, named))
    const bytes = await readUpTo(source, MAX_BODY_BYTES)
    if (bytes === null)
      throw new Error(`it is larger than ${formatSize(MAX_BODY_BYTES)}, the largest body a delivery may have`)
    return bytes
  } catch (error) {
    throw new DevHookError('usage', `${named} cannot be read: ${whyUnreadable(error)}`, {
      cause: error,
      remedy: 'name a file, or `-` for standard input',
    })
  }
}
