// What git ignores in a folder: by `.gitignore` from the repository's root down, `info/exclude`, and the user's own file.
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isWithin } from './is-within.ts'

/** The name of the files in which git is told what to ignore. */
export const GITIGNORE = '.gitignore'

/** Whether git ignores a path, absolute, by itself or with a folder that it is in. False outside of the repository. */
export type Ignores = (path: string, isFolder: boolean) => boolean

export interface GitRules {
  /** The rules as they are now, whatever is read later. */
  frozen(): Ignores
  /** Reads the `.gitignore` of a folder (absolute) again. Never rejects; resolves to whether that changed anything. */
  readFolder(folder: string): Promise<boolean>
  /** Reads all of them again, and `info/exclude`. Never rejects; resolves to whether that changed anything. */
  readAll(): Promise<boolean>
  /** The files that are read besides those below the working folder, absolute, whether they are there or not. */
  readonly outside: readonly string[]
}

/** The repository that a folder is in; for one that is in none, the folder itself. */
interface Repository {
  readonly root: string
  /** `info/exclude`, and the file that the user has for all repositories; later ones win. */
  readonly excludes: readonly string[]
  readonly ignoreCase: boolean
}

/** Reads what git ignores in a working folder. `defaults` are patterns that any of git's files may override. */
export async function readGitRules(root: string, defaults: readonly string[]): Promise<GitRules> {
  const { default: ignore } = await import('ignore')
  const repository = await findRepository(root)
  /** The lines of each file that has any, by its path. */
  const files = new Map<string, string>()
  let ignores: Ignores = () => false

  function build(from: string): void {
    const matcher = ignore({ ignorecase: repository.ignoreCase }).add(defaults)
    if (from === repository.root)
      for (const path of repository.excludes) matcher.add(linesOf(files.get(path) ?? '', ''))
    const folders = [...files.keys()].filter((path) => path.endsWith(sep + GITIGNORE) && isWithin(path, from))
    // What is deeper wins: the last pattern that matches does.
    for (const path of folders.sort((a, b) => dirname(a).length - dirname(b).length))
      matcher.add(linesOf(files.get(path) ?? '', slashed(relative(from, dirname(path)))))
    ignores = (path, isFolder) => {
      const name = relative(from, path)
      if (name === '' || !isWithin(path, from)) return false
      // A pattern with a slash at its end is one for folders, and the matcher wants to see the slash.
      return matcher.ignores(slashed(name) + (isFolder ? '/' : ''))
    }
  }

  function rebuild(): void {
    build(repository.root)
    // Git does not look into what it ignores; whoever works there means only the rules from there on.
    if (ignores(root, true)) build(root)
  }

  async function read(path: string): Promise<boolean> {
    // Most often there is none; one that cannot be read names nothing, and too much is watched rather than too little.
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text === (files.get(path) ?? '')) return false
    if (text === '') files.delete(path)
    else files.set(path, text)
    return true
  }

  const above = foldersBetween(repository.root, root)
  const outside = [...repository.excludes, ...above.slice(0, -1).map((folder) => join(folder, GITIGNORE))]
  const readAll = async (): Promise<boolean> => {
    const known = [...outside, join(root, GITIGNORE), ...files.keys()]
    const isOther = (await Promise.all([...new Set(known)].map(read))).includes(true)
    if (isOther) rebuild()
    return isOther
  }
  await readAll()
  rebuild()
  return {
    frozen: () => ignores,
    readAll,
    outside,
    readFolder: async (folder) => {
      const isOther = await read(join(folder, GITIGNORE))
      if (isOther) rebuild()
      return isOther
    },
  }
}

async function findRepository(root: string): Promise<Repository> {
  for (const folder of foldersBetween(null, root).reverse()) {
    const gitFolder = await gitFolderOf(join(folder, '.git'))
    if (gitFolder === null) continue
    const configs = [join(home(), '.gitconfig'), join(home(), '.config/git/config'), join(gitFolder, 'config')]
    const [own, xdg, local] = await Promise.all(configs.map((path) => readFile(path, 'utf8').catch(() => '')))
    const named = [local, own, xdg].map((text) => valueIn(text ?? '', 'excludesfile')).find((value) => value !== null)
    const users = named === undefined ? join(home(), '.config/git/ignore') : resolve(folder, fromHome(named ?? ''))
    const ignoreCase = valueIn(local ?? '', 'ignorecase')?.toLowerCase() === 'true'
    return { root: folder, excludes: [users, join(gitFolder, 'info/exclude')], ignoreCase }
  }
  return { root, excludes: [], ignoreCase: process.platform === 'darwin' || process.platform === 'win32' }
}

/** The folder in which git keeps a repository; `.git` of a worktree or submodule is a file that names it. */
async function gitFolderOf(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null)
  if (stats === null) return null
  if (stats.isDirectory()) return path
  const [, named] = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8').catch(() => '')) ?? []
  if (named === undefined) return null
  const folder = resolve(dirname(path), named.trim())
  const common = await readFile(join(folder, 'commondir'), 'utf8').catch(() => '.')
  return resolve(folder, common.trim())
}

/** A value of the section `core` in a config file of git. */
function valueIn(config: string, name: string): string | null {
  let section = ''
  let found: string | null = null
  for (const line of config.split(/\r?\n/)) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section
    const [, key = '', value = ''] = /^\s*([a-z]\w*)\s*=(.*)$/i.exec(line) ?? []
    if (section === 'core' && key.toLowerCase() === name) found = value.trim().replace(/^"|"$/g, '')
  }
  return found
}

const fromHome = (path: string): string => (path.startsWith('~/') ? join(home(), path.slice(2)) : path)

function home(): string {
  try {
    return homedir()
  } catch {
    // A user whom the system does not know has none.
    return sep
  }
}

/** The folders from one down to another, both included; `null` begins at the root of the file system. */
function foldersBetween(from: string | null, to: string): string[] {
  const parent = dirname(to)
  return to === from || parent === to ? [to] : [...foldersBetween(from, parent), to]
}

/** The patterns of a file, as one at the top would have to spell them. `folder`: where it is, with slashes; empty for the top. */
function linesOf(text: string, folder: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  return folder === '' ? lines : lines.flatMap((line) => spelledFromTop(line, folder))
}

function spelledFromTop(line: string, folder: string): string[] {
  if (line.startsWith('#')) return []
  const isNegative = line.startsWith('!')
  const pattern = line.slice(isNegative ? 1 : 0).replace(/^\\(?=[#!])/, '')
  if (pattern.trim() === '') return []
  // A slash that is not the last character ties a pattern to its folder.
  const isTied = pattern.trimEnd().slice(0, -1).includes('/')
  const from = `/${folder.replace(/[\\*?[\]#! ]/g, '\\$&')}/${isTied ? '' : '**/'}`
  return [`${isNegative ? '!' : ''}${from}${pattern.replace(/^\//, '')}`]
}

const slashed = (path: string): string => path.split(sep).join('/')
