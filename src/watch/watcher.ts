// Noticing saves: in the working folder, or wherever else was named.
import { watch as watchFileSystem } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { type Clock, MONOTONIC } from '../core/async.ts'
import { codeOf, messageOf } from '../core/errors.ts'
import type { Warn } from '../core/notices.ts'
import { createDebounce, type DebounceTimes } from './debounce.ts'
import { createDisks, isReportedWhole } from './disks.ts'
import { GITIGNORE } from './git-rules.ts'
import { type IgnoreRules, readIgnored } from './ignored.ts'
import { createLeadsOut } from './links.ts'
import { readAhead } from './scan.ts'
import { createScanner, type Scanner } from './scanner.ts'
import { type Change, rulesChanged, type Tree, type TreeOptions } from './tree.ts'

// What the system reports is only ever a hint that something has to be checked; what counts is how the folders differ from what
// was found in them last. Looked at in place of this: chokidar 5, for which a folder stays the one it was first (swapped for
// another one by a rename, it is never noticed again; removed and made again at once, every other time), which misses a second save
// within 50 ms, watches every file besides its folder, and follows links in circles.

export interface WatcherOptions {
  /** The working folder, absolute. What git ignores in it is not watched. */
  readonly root: string
  /** What to watch: files and folders, relative to the root or absolute, no patterns. Default: the root. */
  readonly paths?: readonly string[]
  /** Files that are watched whatever `.gitignore` says (`.env`), whether they exist yet or not. */
  readonly also?: readonly string[]
  /** Files of the bot's own command: what git ignores, such as a compiler's folder, is watched where one of them is in it. */
  readonly own?: readonly string[]
  /** Whether saves are noticed by polling, where the system reports none. */
  readonly isPolling?: boolean
  /** Folders that are not watched, absolute: what we write ourselves is not a save. */
  readonly excluded?: readonly string[]
  /** Called with each change as soon as it is found; its paths are relative to the root. */
  readonly onChange?: (change: Change) => void
  /** Called when a burst of changes is over: their paths relative to the root, each once. */
  readonly onBatch: (paths: readonly string[]) => void
  /** Whether a file that has gone may still come back as it was, so that it is not reported yet. Default: never for long. */
  readonly mayReturn?: () => boolean
  readonly warn: Warn
  readonly times?: Partial<DebounceTimes>
  readonly clock?: Clock
  readonly watch?: TreeOptions['watch']
  /** Whether the system reports whatever is saved on the disk of a folder. Never rejects. */
  readonly isReported?: (folder: string) => Promise<boolean>
}

export interface Watcher {
  /** Resolves when every file has been read once, so that each save from now on is noticed, and told from a file that is only written again. Never when the watcher is stopped before that. */
  readonly ready: Promise<void>
  /** Resolves when nothing is being saved. */
  settled(): Promise<void>
  /** Stops; after it resolves nothing is reported any more. Idempotent. */
  stop(): Promise<void>
}

/** Editors take a few ms for the steps of one save; formatters and compilers save again and again. */
const TIMES: DebounceTimes = { leadMs: 5, quietMs: 100, maxMs: 1_000 }
/** No more watches or instances (Linux), no more open files (macOS). */
const LIMITS = new Set(['ENOSPC', 'EMFILE', 'ENFILE'])

/** Starts to watch. When the system's limit of watches is reached, that is announced once, and saves are noticed by polling. */
export function startWatcher(options: WatcherOptions): Watcher {
  const { root, onBatch, clock = MONOTONIC, mayReturn = () => false } = options
  const end = new AbortController()
  const batch = createDebounce({ ...TIMES, ...options.times }, onBatch, clock)
  let scanner: Scanner | null = null
  let rules: IgnoreRules | null = null
  let becomeReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  function onChange(change: Change): void {
    if (basename(change.path) === GITIGNORE || rules?.outside.includes(change.path)) return void readRules()
    const path = relative(root, change.path)
    batch.add(path)
    options.onChange?.({ ...change, path, folder: relative(root, change.folder) })
  }

  /** What git ignores may have changed: what is ignored from now on, or was until now, is not a save. */
  async function readRules(folder?: string): Promise<void> {
    if (rules === null) return
    const wasIgnored = rules.frozen()
    const isOther = await rules.read(folder)
    if (isOther && scanner !== null && !scanner.tree.isFirstScan) rulesChanged(scanner.tree, wasIgnored)
  }

  async function start(): Promise<void> {
    const paths = options.paths ?? [root]
    const listed = paths.map((path) => resolve(root, path))
    const also = (options.also ?? []).map((path) => resolve(root, path))
    const own = (options.own ?? []).map((path) => resolve(root, path))
    rules = await readIgnored(root, listed, also, options.excluded, own)
    const { isIgnored, outside } = rules
    if (end.signal.aborted) return
    const bases = basesOf([...listed, ...also, ...outside])
    const onError = createErrorHandler(options.warn, () => scanner?.startPolling())
    const watch = options.watch ?? watchWithSystem
    const disks = createDisks(options.isReported ?? isReportedWhole)
    const leadsOut = createLeadsOut(root, listed, options.warn)
    const calls = { onRules: readRules, onChange, onError, mayReturn }
    scanner = createScanner({ bases, isIgnored, leadsOut, watch, disks, ...calls, clock }, end.signal)
    if (options.isPolling === true) scanner.startPolling()
    await scanner.idle()
    const checks = scanner.checkUnreported()
    await readAhead(scanner.tree, end.signal)
    if (end.signal.aborted) return checks
    becomeReady()
    for (const path of paths) {
      if (!isFound(scanner.tree, resolve(root, path)))
        options.warn('watchFailed', `${path} is neither a file nor a folder; it is watched once it is`)
    }
    await checks
  }

  async function stop(): Promise<void> {
    end.abort()
    scanner?.close()
    await done
    batch.cancel()
  }

  const done = start()
  let stopping: Promise<void> | undefined

  return {
    ready,
    settled: async () => {
      await scanner?.settled()
      await batch.settled()
    },
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** The names of the paths, by the folders that they are in. */
function basesOf(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const bases = new Map<string, Set<string>>()
  for (const path of paths) {
    const names = bases.get(dirname(path)) ?? new Set()
    bases.set(dirname(path), names.add(basename(path)))
  }
  return bases
}

const isFound = (tree: Tree, path: string): boolean =>
  (tree.folders.get(path)?.identity ?? null) !== null ||
  tree.folders.get(dirname(path))?.files.has(basename(path)) === true

/** Creates the handler of what keeps folders from being watched: the first one of its kind is announced. */
function createErrorHandler(warn: Warn, startPolling: () => void): (error: unknown, folder: string) => void {
  let isLimited = false
  let hasFailed = false
  return (error, folder) => {
    const code = codeOf(error) ?? ''
    // Gone since it was found, which the next check finds.
    if (code === 'ENOENT' || code === 'ENOTDIR') return
    if (LIMITS.has(code) && !isLimited) {
      isLimited = true
      warn('watchLimited', `saves are noticed by polling: ${messageOf(error)}`)
      return startPolling()
    }
    // One is enough: there may be one for every folder.
    if (!hasFailed && !isLimited) warn('watchFailed', `saves in ${folder} may not be noticed: ${messageOf(error)}`)
    hasFailed = true
  }
}

const watchWithSystem: TreeOptions['watch'] = (path, onEvent, onError) => {
  const watcher = watchFileSystem(path, (_, name) => onEvent(name))
  watcher.on('error', onError)
  return () => watcher.close()
}
