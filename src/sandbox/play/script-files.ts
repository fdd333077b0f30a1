// The files in which recorded conversations are kept to be played: one, or all those of a folder.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import { readSource } from '../../core/files/read-source.ts'
import { whyUnreadable } from '../../core/files/why-unreadable.ts'
import { decodeText } from '../../core/text/decode.ts'
import { readScript } from '../../protocol/script/read.ts'
import type { Script } from '../../protocol/script/script.ts'
import { MAX_SHARED_BYTES } from '../../protocol/shared/checksum.ts'

/** The file at a path, or the files of the folder there, without hidden ones, by their names. Rejects when there is neither. */
export async function scriptFiles(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
  return files.map(({ name }) => join(path, name)).toSorted()
}

/** Reads one of them; `name` is what errors call it. Rejects with `fixtureInvalid`. */
export async function readScriptFile(path: string, name: string): Promise<Script> {
  const bytes = await readSource(path, { maxBytes: MAX_SHARED_BYTES }).catch((cause: unknown) => {
    throw new DevHookError('fixtureInvalid', `${name} cannot be read: ${whyUnreadable(cause)}`, { cause })
  })
  return readScript(decodeText(bytes).text, name)
}
