// Reading a file of the project as text that is going to be changed.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { decodeText } from '../core/text/decode.ts'

/**
 * The text of a file, with the byte order mark that it may have; `null` when there is none. One in UTF-16 is read too: changed, it
 * is written in UTF-8, which is what else reads it expects.
 */
export async function readProjectText(path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path)
    const { text, isUtf16 } = decodeText(bytes)
    return isUtf16 ? text : bytes.toString('utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** The same of a file by its name. Throws `usage` when it cannot be read. */
export async function readProjectFile(cwd: string, name: string): Promise<string | null> {
  try {
    return await readProjectText(join(cwd, name))
  } catch (cause) {
    throw new DevHookError('usage', `${name} cannot be read: ${codeOf(cause) ?? messageOf(cause)}`, {
      cause,
      remedy: 'make it readable or move it away, then start again',
    })
  }
}
