// Reading a file of the project as text that is going to be changed.
import { readFile } from 'node:fs/promises'
import { codeOf } from '../core/errors.ts'
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
