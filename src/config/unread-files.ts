// Files that look like a config file, and are not read.
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CONFIG_NAMES } from './file.ts'

/** What people call a config file of other tools; `dev-hook.js` may be a program that uses the library. */
const LOOKS_LIKE_ONE = /^\.?dev[-_]?hook(?:[-._]config\.\w+|\.(?:ya?ml|toml|json[c5]?)|rc(?:\.\w+)?)$/i

/** Finds them in a folder, by their names, beside those that were read, which are absolute. `[]` for a folder that cannot be listed. */
export async function unreadFiles(cwd: string, read: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(cwd).catch((): string[] => [])
  const found = names.filter((name) => LOOKS_LIKE_ONE.test(name) && !read.includes(resolve(cwd, name)))
  return found
    .sort()
    .map((name) => (CONFIG_NAMES.includes(name) ? `${name} is not read: another config file is` : notOne(name)))
}

const notOne = (name: string): string => `${name} is not read: it is not the name of a config file`
