// Which paths are not watched: `.git`, `node_modules`, scratch files of editors, logs and databases, and what `.gitignore` names.
import { readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'

/** Whether a path, absolute, is left alone. `isFolder` may be false when that is not known yet. */
export type Ignored = (path: string, isFolder: boolean) => boolean

const NEVER = new Set(['.git', 'node_modules'])

// What Vim, Emacs, JetBrains, GNOME and Sublime Text make beside a file for the moment of its save.
const SCRATCH = /^(4913|\.#.*|#.*#|.*~|\..*\.sw[opx]|.*___jb_(tmp|old)___|\.goutputstream-.*|\.subl.*\.tmp)$/

// What a program writes while it runs, and nobody saves. A `.gitignore` may say otherwise.
const WRITTEN = ['*.log', '*.pid', '*.db', '*.db-*', '*.sqlite', '*.sqlite3', '*.sqlite-*', '*.sqlite3-*']

/**
 * Reads the `.gitignore` of the root. Listed paths are watched with what is in them, and files besides, even where it
 * names them; nothing else is, and nothing in a folder that is `excluded`. All paths are absolute.
 */
export async function readIgnored(
  root: string,
  listed: readonly string[],
  also: readonly string[],
  excluded: readonly string[] = [],
): Promise<Ignored> {
  const { default: ignore } = await import('ignore')
  const gitignore = ignore()
    .add(WRITTEN)
    .add(await readGitignore(root))
  const isNamed = (path: string, isFolder: boolean): boolean => {
    const name = relative(root, path)
    if (name === '' || !isBelow(name)) return false
    // A pattern with a slash at its end is one for folders, and the matcher wants to see the slash.
    return gitignore.ignores(name.split(sep).join('/') + (isFolder ? '/' : ''))
  }
  const named = listed.filter((path) => isNamed(path, false) || isNamed(path, true))
  const wanted = new Set([...listed, ...also, ...also.map((path) => dirname(path))])

  return (path, isFolder) => {
    if (excluded.some((folder) => isBelow(relative(folder, path)))) return true
    if (wanted.has(path)) return false
    if (SCRATCH.test(basename(path))) return true
    const below = listed.map((base) => relative(base, path)).filter(isBelow)
    if (!below.some((inside) => inside.split(sep).every((part) => !NEVER.has(part)))) return true
    return named.some((base) => isBelow(relative(base, path))) ? false : isNamed(path, isFolder)
  }
}

const isBelow = (name: string): boolean => name !== '..' && !name.startsWith(`..${sep}`) && !isAbsolute(name)

async function readGitignore(root: string): Promise<string> {
  // Most often there is none; one that cannot be read names nothing, and too much is watched rather than too little.
  return readFile(join(root, '.gitignore'), 'utf8').catch(() => '')
}
