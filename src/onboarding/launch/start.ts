// A way of starting the bot that the files of a project show, and the files that show it, as far as they are read.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readProjectText } from '../read-text.ts'

export interface Start {
  readonly command: string
  /** What shows it, for people. */
  readonly from: string
  /** Whether it is a bot that it starts, where nothing else is found. */
  readonly certain: boolean
}

/** How many files, or folders, of one kind are looked at. */
const MAX_FILES = 200
const MAX_BYTES = 256 * 1024

/** The text of a file; `null` for what is none, cannot be read, or is too long to be somebody's own. */
export async function textOf(cwd: string, name: string): Promise<string | null> {
  const found = await stat(join(cwd, name)).catch(() => null)
  if (found?.isFile() !== true || found.size > MAX_BYTES) return null
  return readProjectText(join(cwd, name)).catch(() => null)
}

/** The names of what is in a folder, in order; none where there is no such folder. */
export const namesIn = async (cwd: string, folder: string): Promise<readonly string[]> =>
  (await readdir(join(cwd, folder)).catch((): string[] => [])).toSorted().slice(0, MAX_FILES)

/** Whether a name can stand in a command line as it is. */
export const isPlain = (name: string): boolean => /^[\w@./-]+$/.test(name) && !name.startsWith('-')
