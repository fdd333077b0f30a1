// Which paths are not watched: `.git`, `node_modules`, what nobody saves (scratch files, logs, databases), and what git ignores.
import { basename, dirname, join, relative, sep } from 'node:path'
import { type GitRules, type Ignores, readGitRules } from './git-rules.ts'
import { isWithin } from './is-within.ts'
import { isScratch } from './scratch.ts'

/** Whether a path, absolute, is left alone. `isFolder` may be false when that is not known yet. */
export type Ignored = (path: string, isFolder: boolean) => boolean

export interface IgnoreRules extends Pick<GitRules, 'outside'> {
  readonly isIgnored: Ignored
  /** The rules as they are now, whatever is read later. */
  frozen(): Ignored
  /** Reads the `.gitignore` of a folder (absolute) again, or everything. Never rejects; resolves to whether that changed anything. */
  read(folder?: string): Promise<boolean>
}

const NEVER_WATCHED = new Set(['.git', 'node_modules'])

// What a program writes while it runs, and nobody saves. A `.gitignore` may override this.
const WRITTEN = ['*.log', '*.pid', '*.db', '*.db-*', '*.sqlite', '*.sqlite3', '*.sqlite-*', '*.sqlite3-*']
const IS_WRITTEN = /\.(?:log|pid|db|sqlite3?)$|\.(?:db|sqlite3?)-/

/**
 * Reads what git ignores in the root. Listed paths are watched with what is in them, and files besides, even where git
 * ignores them; nothing else is, and nothing in a folder that is `excluded`. Where git ignores one of the `own` files, those of the
 * bot's command, the folder that it ignores is watched. All paths are absolute.
 */
export async function readIgnored(
  root: string,
  listed: readonly string[],
  also: readonly string[],
  excluded: readonly string[] = [],
  own: readonly string[] = [],
): Promise<IgnoreRules> {
  const git = await readGitRules(root, WRITTEN)
  const builds = own.map((file) => buildOf(root, file, git.frozen())).filter((path) => path !== null)
  const wanted = new Set([...listed, ...builds, ...also, ...git.outside, ...also.map((path) => dirname(path))])

  const ignoredBy = (ignores: Ignores): Ignored => {
    const named = listed.filter((path) => ignores(path, false) || ignores(path, true))
    return (path, isFolder) => {
      if (excluded.some((folder) => isWithin(path, folder))) return true
      if (wanted.has(path)) return false
      if (isScratch(basename(path))) return true
      if (builds.some((base) => isWithin(path, base)))
        return IS_WRITTEN.test(path) || path.split(sep).includes('node_modules')
      const bases = listed.filter((base) => isWithin(path, base))
      if (bases.every((base) => isNeverWatched(relative(base, path)))) return true
      return named.some((base) => isWithin(path, base)) ? false : ignores(path, isFolder)
    }
  }
  let isIgnored = ignoredBy(git.frozen())
  return {
    isIgnored: (path, isFolder) => isIgnored(path, isFolder),
    frozen: () => isIgnored,
    outside: git.outside,
    read: async (folder) => {
      const isOther = await (folder === undefined ? git.readAll() : git.readFolder(folder))
      if (isOther) isIgnored = ignoredBy(git.frozen())
      return isOther
    },
  }
}

/** What git ignores and a file of the command is in, a folder of what a compiler makes as a rule; `null` when git does not ignore it. */
function buildOf(root: string, file: string, ignores: Ignores): string | null {
  if (!isWithin(file, root) || IS_WRITTEN.test(file) || isNeverWatched(relative(root, file))) return null
  const parts = relative(root, file).split(sep)
  const paths = parts.map((_, i) => join(root, ...parts.slice(0, i + 1)))
  return paths.find((path) => ignores(path, path !== file)) ?? null
}

const isNeverWatched = (path: string): boolean => path.split(sep).some((part) => NEVER_WATCHED.has(part))
