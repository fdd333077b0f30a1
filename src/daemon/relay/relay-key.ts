// The key from which a relay makes the secrets of its developers: kept in the state folder of the bot, for its owner alone.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'
import { makePrivateFolder, writePrivateFile } from '../../core/files/private-file.ts'

const KEY_BYTES = 32

/** Reads the key of a bot, or makes one where there is none. Throws `stateUnwritable`. */
export async function readRelayKey(folder: string): Promise<Buffer> {
  const path = join(folder, 'relay.key')
  try {
    const kept = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex')
    if (kept.length === KEY_BYTES) return kept
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw unusable(cause)
  }
  const key = randomBytes(KEY_BYTES)
  try {
    await makePrivateFolder(dirname(dirname(folder)))
    await makePrivateFolder(folder)
    await writePrivateFile(path, `${key.toString('hex')}\n`)
  } catch (cause) {
    throw unusable(cause)
  }
  return key
}

const unusable = (cause: unknown): DevHookError =>
  new DevHookError('stateUnwritable', `the key of the relay cannot be kept: ${messageOf(cause)}`, { cause })
