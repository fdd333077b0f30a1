// Checking what is on disk against the tree, in rounds: whatever is marked during one is checked in the next.
import type { BigIntStats, Dirent } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { type FileState, readState, stateOf } from './file-state.ts'
import { GITIGNORE } from './git-rules.ts'
import {
  type Dirty,
  fileFound,
  fileGone,
  folderFound,
  folderGone,
  pathIgnored,
  type Tree,
  type WatchedFolder,
  watchFolder,
} from './tree.ts'

/** A file is read for its digest up to this size, in bytes; of a larger one it counts when it was written. */
const MAX_READ_BYTES = 1024 * 1024
/** What is read before anything happens: of small files, and so many bytes altogether. */
const MAX_FILE_READ_AHEAD_BYTES = 256 * 1024
const MAX_READ_AHEAD_BYTES = 64 * 1024 * 1024

/** What was found under a name of a folder. */
interface Found {
  readonly folder: WatchedFolder
  readonly name: string
  readonly path: string
  readonly isLink: boolean
  /** `none` for what is not there, or is neither file nor folder: a pipe is never opened. */
  readonly what:
    | { readonly is: 'none' }
    | { readonly is: 'ignored' }
    | { readonly is: 'unchanged' }
    | { readonly is: 'file'; readonly state: FileState }
    | { readonly is: 'folder'; readonly identity: string }
}

/** Checks everything that is marked. Never rejects. */
export async function scanRound(tree: Tree): Promise<void> {
  const dirty = [...tree.dirty]
  tree.dirty.clear()
  const found = (await Promise.all(dirty.map(([path, what]) => scanFolder(tree, path, what)))).flat()
  // What has gone first: a folder that was renamed is watched under its old path until then.
  const [gone, here] = [found.filter(isGone), found.filter((one) => !isGone(one))]
  for (const one of [...gone, ...here]) apply(tree, one)
}

const isGone = ({ what }: Found): boolean => what.is === 'none' || what.is === 'ignored'

function apply(tree: Tree, { folder, name, path, isLink, what }: Found): void {
  if (isLink) tree.links.add(path)
  else if (what.is !== 'folder') tree.links.delete(path)
  if (what.is === 'unchanged') return
  if (what.is === 'ignored') return pathIgnored(tree, folder, name)
  if (what.is === 'folder') {
    fileGone(tree, folder, name)
    return folderFound(tree, path, what.identity)
  }
  if (tree.folders.has(path)) folderGone(tree, path)
  if (what.is === 'file') fileFound(tree, folder, name, what.state)
  else fileGone(tree, folder, name)
}

async function scanFolder(tree: Tree, path: string, dirty: Dirty): Promise<readonly Found[]> {
  const folder = tree.folders.get(path)
  if (folder === undefined) return []
  const stats = await statOf(path)
  if (!stats?.isDirectory()) {
    folderGone(tree, path)
    return []
  }
  const isAnother = identityOf(stats) !== folder.identity
  // Before it is read: what changes in between is reported.
  if (isAnother) watchFolder(tree, folder, identityOf(stats))
  tree.disks.found(path, stats.dev)
  const names = isAnother || dirty.all ? await namesIn(tree, folder) : dirty.names
  if (folder.names === null && names.has(GITIGNORE)) await tree.onRules(path)
  return Promise.all([...names].map((name) => check(tree, folder, name)))
}

/** The names that may have something to them: of what is there, and of what was. */
async function namesIn(tree: Tree, { path, names, files, folders }: WatchedFolder): Promise<ReadonlySet<string>> {
  if (names !== null) return names
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown): Dirent[] => {
    if (!isMissing(error)) tree.onError(error, path)
    return []
  })
  return new Set([...entries.map(({ name }) => name), ...files.keys(), ...folders])
}

async function check(tree: Tree, folder: WatchedFolder, name: string): Promise<Found> {
  const path = join(folder.path, name)
  const found = { folder, name, path, isLink: false }
  const isWanted = folder.names === null || folder.names.has(name)
  if (!isWanted || (tree.isIgnored(path, false) && tree.isIgnored(path, true)))
    return { ...found, what: { is: isWanted ? 'ignored' : 'none' } }
  const entry = await lstat(path, { bigint: true }).catch(() => null)
  const isLink = entry?.isSymbolicLink() ?? false
  const stats = isLink ? await statOf(path) : entry
  const isNamed = tree.bases.get(folder.path)?.has(name) ?? false
  if (isLink && !isNamed && stats?.isDirectory() === true && (await tree.leadsOut(path)))
    return { ...found, isLink, what: { is: 'none' } }
  const what = await describe(tree, folder, { name, path, stats })
  return { ...found, isLink, what }
}

async function describe(
  tree: Tree,
  folder: WatchedFolder,
  { name, path, stats }: { name: string; path: string; stats: BigIntStats | null },
): Promise<Found['what']> {
  const isFolder = stats?.isDirectory() ?? false
  if (stats === null) return { is: 'none' }
  if (tree.isIgnored(path, isFolder)) return { is: 'ignored' }
  if (isFolder) return { is: 'folder', identity: identityOf(stats) }
  if (!stats.isFile()) return { is: 'none' }
  const known = folder.files.get(name)
  if (known === undefined && tree.isFirstScan) return { is: 'file', state: stateOf(stats) }
  if (known !== undefined && known.missingSince === null && known.shorterSince === null) {
    const { stamp, ctimeNs } = stateOf(stats)
    const isSame = stamp === known.state.stamp && ctimeNs === known.state.ctimeNs
    if (isSame && !(known.state.isFresh && known.state.digest !== null)) return { is: 'unchanged' }
  }
  return { is: 'file', state: await readState(path, stats, MAX_READ_BYTES) }
}

const statOf = (path: string): Promise<BigIntStats | null> => stat(path, { bigint: true }).catch(() => null)

/** Tells a folder from another one, also from a later one that was given the same number. */
const identityOf = ({ dev, ino, birthtimeNs }: BigIntStats): string => `${dev}:${ino}:${birthtimeNs}`

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'

/** Reads the files for their digests, so that one that is written again with the content that it has is told from a save. */
export async function readAhead(tree: Tree, signal: AbortSignal): Promise<void> {
  let left = MAX_READ_AHEAD_BYTES
  for (const folder of tree.folders.values()) {
    for (const [name, file] of folder.files) {
      if (file.state.digest !== null || file.state.size > MAX_FILE_READ_AHEAD_BYTES) continue
      left -= Number(file.state.size)
      if (signal.aborted || left < 0) return
      const path = join(folder.path, name)
      const stats = await statOf(path)
      if (!stats?.isFile()) continue
      const state = await readState(path, stats, MAX_FILE_READ_AHEAD_BYTES)
      // Written since it was seen, or while it was read: that is for the next check to find.
      const after = await statOf(path)
      if (state.stamp !== file.state.stamp || after === null || stateOf(after).stamp !== state.stamp) continue
      file.state = state
    }
  }
}
