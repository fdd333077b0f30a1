// The watched folders and files as they were found last; every difference from then is reported.
import { basename, dirname, join, sep } from 'node:path'
import type { Clock } from '../core/async.ts'
import type { Off } from '../core/listeners.ts'
import type { Disks } from './disks.ts'
import { type FileState, isSameContent } from './file-state.ts'
import type { Ignored } from './ignored.ts'

/** A file whose content is not what it was. */
export interface Change {
  /** Absolute; from the working folder on for whoever the watcher tells. */
  readonly path: string
  readonly kind: 'added' | 'changed' | 'removed'
  /** The folder, there before, in which the name came or went: of what is in a new folder, the one above that. */
  readonly folder: string
  /** When the file was found like that, or first found missing; on the clock of the tree. */
  readonly at: number
}

interface WatchedFile {
  state: FileState
  /** Since when the file has not been there; `null` while it is. */
  missingSince: number | null
  /** Since when the file has been shorter than its last content; `null` while it is not. */
  shorterSince: number | null
}

export interface WatchedFolder {
  readonly path: string
  /** The only names that matter in it; `null` when all do that are not ignored. */
  names: ReadonlySet<string> | null
  /** Tells the folder that is watched from another one under its path; `null` while there is none. */
  identity: string | null
  unwatch: Off | null
  readonly files: Map<string, WatchedFile>
  /** The names of the folders in it that are watched too. */
  readonly folders: Set<string>
  /** The folder in which names count as new that come or go in this one: itself, or the one above the new folder that it is in. */
  readonly nameFolder: string
}

export interface TreeOptions {
  /** The names that are watched whether they exist yet or not, by the folder in which they are. */
  readonly bases: ReadonlyMap<string, ReadonlySet<string>>
  readonly isIgnored: Ignored
  /** Whether a link leads to a folder that is in none of the watched ones: it may be as large as a disk. */
  readonly leadsOut: (link: string) => Promise<boolean>
  /** Called with each folder that has a file of rules, before what is in it is checked. */
  readonly onRules: (folder: string) => Promise<void>
  /** Has the system call back with each name that changes in a folder (`null`: the folder itself, or unknown); throws when it cannot. */
  readonly watch: (path: string, onEvent: (name: string | null) => void, onError: (error: unknown) => void) => Off
  readonly onChange: (change: Change) => void
  /** Called with what keeps a folder from being watched. */
  readonly onError: (error: unknown, folder: string) => void
  readonly disks: Disks
  /** Called when something has to be checked. */
  readonly onDirty: () => void
  /** Whether a file that has gone may still come back as it was, so that it is not reported yet. */
  readonly mayReturn: () => boolean
  readonly clock: Clock
}

/** What has to be checked in a folder. */
export interface Dirty {
  readonly names: Set<string>
  /** Everything, known or not. */
  all: boolean
}

export interface Tree extends TreeOptions {
  readonly folders: Map<string, WatchedFolder>
  /** The path under which a folder is watched, by its identity: where links lead to it, it has several. */
  readonly pathOf: Map<string, string>
  /** The paths that the system does not report: links, and further paths of a folder that is watched under another one. */
  readonly links: Set<string>
  readonly dirty: Map<string, Dirty>
  /** Files that are being written at this moment. */
  readonly unfinished: Set<WatchedFile>
  readonly timers: Set<Off>
  /** Until everything has been seen once: what is found then was there before. */
  isFirstScan: boolean
  /** While everything is checked after the rules have changed: what was ignored until then was there before. */
  wasIgnored: Ignored | null
  /** False when nothing may be opened: the system is not asked to report anything, or the watcher is stopped. */
  isWatching: boolean
}

/** Editors and compilers remove a file before they write it again: what is missing is reported after this. */
const MISSING_MS = 100
const MAX_MISSING_MS = 10_000
/** A file that is shorter than it was is still being written, unless it is as short after this. */
const SHORTER_MS = 20

/** Creates a tree in which nothing has been found yet. */
export function createTree(options: TreeOptions): Tree {
  const tree: Tree = {
    ...options,
    folders: new Map(),
    pathOf: new Map(),
    links: new Set(),
    dirty: new Map(),
    unfinished: new Set(),
    timers: new Set(),
    isFirstScan: true,
    wasIgnored: null,
    isWatching: true,
  }
  for (const [path, names] of options.bases) tree.folders.set(path, createFolder(path, path, names))
  return tree
}

function createFolder(path: string, nameFolder: string, names: ReadonlySet<string> | null): WatchedFolder {
  return { path, names, identity: null, unwatch: null, files: new Map(), folders: new Set(), nameFolder }
}

/** Has one name in a folder checked. */
export function markName(tree: Tree, path: string, name: string): void {
  const dirty = tree.dirty.get(path) ?? { names: new Set(), all: false }
  tree.dirty.set(path, dirty)
  dirty.names.add(name)
  tree.onDirty()
}

/** Has a folder checked, with everything that is in it. */
export function markAll(tree: Tree, path: string): void {
  const names = tree.dirty.get(path)?.names ?? new Set()
  tree.dirty.set(path, { names, all: true })
  tree.onDirty()
}

/** Has a path checked in the folder that it is in. */
function markPath(tree: Tree, path: string): void {
  markName(tree, dirname(path), basename(path))
}

/** A folder was found at a path. Nothing when it is the one that is watched there already. */
export function folderFound(tree: Tree, path: string, identity: string): void {
  const known = tree.folders.get(path)
  if (known?.identity === identity && known.names === null) return
  const other = tree.pathOf.get(identity)
  // Links may lead in circles: each folder is watched under one path.
  if (other !== undefined && other !== path) return void tree.links.add(path)
  const parent = tree.folders.get(dirname(path))
  const folder = known ?? createFolder(path, tree.isFirstScan ? path : (parent?.nameFolder ?? path), null)
  parent?.folders.add(basename(path))
  folder.names = null
  tree.folders.set(path, folder)
  watchFolder(tree, folder, identity)
  markAll(tree, path)
}

/** Has the system report what changes in a folder from now on, in place of another one that was under its path before. */
export function watchFolder(tree: Tree, folder: WatchedFolder, identity: string): void {
  const { path } = folder
  unwatchFolder(tree, folder)
  folder.identity = identity
  tree.pathOf.set(identity, path)
  if (!tree.isWatching) return
  const onEvent = (name: string | null): void => {
    // In the folder above the project much may happen that nobody asked for.
    const isWanted = name === null || folder.names?.has(name) !== false
    if (name !== null && name !== basename(path)) return isWanted ? markName(tree, path, name) : undefined
    // It may have been moved or removed, and what is at its path now may be another one under the same number.
    unwatchFolder(tree, folder)
    markAll(tree, path)
    markPath(tree, path)
  }
  const onError = (error: unknown): void => {
    folder.unwatch?.()
    folder.unwatch = null
    tree.onError(error, path)
  }
  try {
    folder.unwatch = tree.watch(path, onEvent, onError)
  } catch (error) {
    tree.onError(error, path)
  }
}

function unwatchFolder(tree: Tree, folder: WatchedFolder): void {
  folder.unwatch?.()
  folder.unwatch = null
  if (folder.identity !== null && tree.pathOf.get(folder.identity) === folder.path) tree.pathOf.delete(folder.identity)
  folder.identity = null
}

/** No folder is at a path any more: everything that was below it is missing. */
export function folderGone(tree: Tree, path: string): void {
  tree.folders.get(dirname(path))?.folders.delete(basename(path))
  for (const folder of tree.folders.values()) {
    if (folder.path !== path && !folder.path.startsWith(path + sep)) continue
    unwatchFolder(tree, folder)
    for (const name of folder.files.keys()) fileGone(tree, folder, name)
    forget(tree, folder)
  }
}

/** Forgets a folder that is gone, once nothing has to be reported of it. */
function forget(tree: Tree, { path, identity, files }: WatchedFolder): void {
  if (identity === null && files.size === 0 && !tree.bases.has(path)) tree.folders.delete(path)
}

/** A path is ignored from now on: nothing of it is reported any more. */
export function pathIgnored(tree: Tree, folder: WatchedFolder, name: string): void {
  const file = folder.files.get(name)
  if (file !== undefined) tree.unfinished.delete(file)
  folder.files.delete(name)
  if (!folder.folders.delete(name)) return
  const path = join(folder.path, name)
  for (const below of tree.folders.values()) {
    if ((below.path !== path && !below.path.startsWith(path + sep)) || tree.bases.has(below.path)) continue
    unwatchFolder(tree, below)
    for (const known of below.files.values()) tree.unfinished.delete(known)
    tree.folders.delete(below.path)
  }
}

/** Has everything checked because the rules have changed. `wasIgnored`: what was ignored until then. */
export function rulesChanged(tree: Tree, wasIgnored: Ignored): void {
  tree.wasIgnored ??= wasIgnored
  for (const path of tree.folders.keys()) markAll(tree, path)
}

/** A file was found; `state` is what it is like now. */
export function fileFound(tree: Tree, folder: WatchedFolder, name: string, state: FileState): void {
  const known = folder.files.get(name)
  const now = tree.clock.now()
  if (known === undefined) {
    folder.files.set(name, { state, missingSince: null, shorterSince: null })
    const isNew = !tree.isFirstScan && tree.wasIgnored?.(join(folder.path, name), false) !== true
    if (isNew) report(tree, folder, name, 'added', now)
    return
  }
  known.missingSince = null
  if (state.size < known.state.size && now - (known.shorterSince ?? now) < SHORTER_MS) {
    known.shorterSince ??= now
    tree.unfinished.add(known)
    return later(tree, SHORTER_MS, () => markName(tree, folder.path, name))
  }
  known.shorterSince = null
  tree.unfinished.delete(known)
  const before = known.state
  known.state = state
  if (!isSameContent(before, state)) report(tree, folder, name, 'changed', now)
}

/** No file is there under a name; nothing when there was none before. */
export function fileGone(tree: Tree, folder: WatchedFolder, name: string): void {
  const known = folder.files.get(name)
  if (known === undefined || known.missingSince !== null) return
  known.missingSince = tree.clock.now()
  known.shorterSince = null
  tree.unfinished.delete(known)
  awaitReturn(tree, folder, name, known)
}

/** Reports a missing file, unless it is there again by then. */
function awaitReturn(tree: Tree, folder: WatchedFolder, name: string, file: WatchedFile): void {
  later(tree, MISSING_MS, () => {
    const since = file.missingSince
    if (since === null || folder.files.get(name) !== file) return
    const ms = tree.clock.now() - since
    if (ms < MISSING_MS || (ms < MAX_MISSING_MS && tree.mayReturn())) return awaitReturn(tree, folder, name, file)
    folder.files.delete(name)
    forget(tree, folder)
    report(tree, folder, name, 'removed', since)
  })
}

function report(tree: Tree, folder: WatchedFolder, name: string, kind: Change['kind'], at: number): void {
  tree.onChange({ path: join(folder.path, name), kind, folder: folder.nameFolder, at })
}

/** Calls back once after `ms`, unless the tree is closed before. */
export function later(tree: Tree, ms: number, callback: () => void): void {
  const off = tree.clock.after(ms, () => {
    tree.timers.delete(off)
    callback()
  })
  tree.timers.add(off)
}

/** Ends all that is due, and all that the system reports. */
export function closeTree(tree: Tree): void {
  for (const off of tree.timers) off()
  tree.timers.clear()
  unwatchAll(tree)
}

/** Has the system report nothing any more. */
export function unwatchAll(tree: Tree): void {
  tree.isWatching = false
  for (const folder of tree.folders.values()) {
    folder.unwatch?.()
    folder.unwatch = null
  }
}
