// What a person hands to a command: a file, or standard input for `-`.
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { DevHookError, messageOf } from '../core/errors.ts'

/** As much as the gateway takes for one delivery. */
const LARGEST = 10 * 1024 * 1024

/** Reads it, byte for byte. Throws `usage` for what cannot be read, or is larger than any delivery. */
export async function readInput(named: string, cwd: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    const source: AsyncIterable<Buffer> = named === '-' ? process.stdin : createReadStream(resolve(cwd, named))
    for await (const chunk of source) {
      size += chunk.length
      if (size > LARGEST) throw new Error('it is larger than 10 MiB, which no delivery is')
      chunks.push(chunk)
    }
  } catch (error) {
    throw new DevHookError('usage', `${named} cannot be read: ${messageOf(error)}`, {
      cause: error,
      remedy: 'name a file, or `-` for standard input',
    })
  }
  return Buffer.concat(chunks)
}
