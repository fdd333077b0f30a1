// Noticing saves below the working folder, told in batches.

import { dirname, relative, resolve } from 'node:path'
import type { ChokidarOptions, FSWatcher } from 'chokidar'
import { type Clock, raceTimeout } from '../core/async.ts'
import { codeOf, messageOf } from '../core/errors.ts'

import type { Warn } from '../core/notices.ts'

import { createDebounce, type DebounceTimes } from './debounce.ts'
import { type Ignored, readIgnored } from './ignored.ts'
import { changedSince } from './recheck.ts'

type Watch = (paths: string[], options: ChokidarOptions) => FSWatcher

export interface WatcherOptions {
  /** The working folder, absolute. Its `.gitignore` is honoured. */
  readonly root: string
  /** What to watch: files and folders, relative to the root or absolute, no patterns. Default: the root. */
  readonly paths?: readonly string[]
  /** Files that are watched whatever `.gitignore` says (`.env`), whether they exist yet or not. */
  readonly also?: readonly string[]
  /** Folders that are left alone, absolute: what we write ourselves is no save. */
  readonly left?: readonly string[]
  /** Something was saved, and more of it may follow: a path relative to the root. */
  readonly changing?: (path: string) => void
  /** A batch of saves: paths relative to the root, each once. */
  readonly changed: (paths: readonly string[]) => void
  readonly warn: Warn
  readonly times?: Partial<DebounceTimes>
  readonly watch?: Watch
  readonly clock?: Clock
}

export interface Watcher {
  /** Resolves when every save from now on is noticed; never when it is stopped before that. */
  readonly ready: Promise<void>
  /** Resolves when nothing is being saved. */
  settled(): Promise<void>
  /** After it resolves nothing is told any more. Idempotent. */
  stop(): Promise<void>
}

/** Editors take a few ms for the steps of one save; formatters and compilers save again and again. */
const TIMES: DebounceTimes = { leadMs: 5, quietMs: 100, longestMs: 1_000 }
const POLL_MS = 500
/** How long `stop` waits for the first look at a large tree: a watcher that is closed in the middle of it leaks. */
const FIRST_LOOK_MS = 300
/** No more watches or instances (Linux), no more open files (macOS). */
const LIMITS = new Set(['ENOSPC', 'EMFILE', 'ENFILE'])

/** Closes for good. What was under way may still fail after that, and chokidar has dropped its listeners by then. */
async function close(watcher: FSWatcher): Promise<void> {
  const closed = watcher.close()
  watcher.on('error', () => {})
  await closed
}

/** Starts watching. When the system's limit of watches is reached it says so once and polls instead. */
export function startWatcher(options: WatcherOptions): Watcher {
  const { root, changing = () => {}, changed, warn } = options
  const listed = (options.paths ?? [root]).map((path) => resolve(root, path))
  const also = (options.also ?? []).map((path) => resolve(root, path))
  // A file that is not there yet is found by its folder: chokidar may overlook one that comes while it gets ready.
  const watched = [...new Set([...listed, ...also.map((path) => dirname(path))])]
  const batch = createDebounce({ ...TIMES, ...options.times }, { onBegin: changing, onEnd: tell }, options.clock)
  const end = new AbortController()
  let watcher: FSWatcher | null = null
  let polls = false
  let failed = false
  let stopping: Promise<void> | undefined
  let becomeReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  function tell(paths: readonly string[]): void {
    changed(paths)
    const files = paths.map((path) => resolve(root, path))
    void changedSince(files, end.signal).then((again) => again.forEach(add))
  }

  const add = (path: string): void => batch.add(relative(root, path))

  async function start(): Promise<void> {
    // Loaded beside the rest of the start.
    const { watch = (await import('chokidar')).watch } = options
    const isIgnored = await readIgnored(root, listed, also, options.left)
    if (stopping === undefined) open(watch, isIgnored)
  }

  function open(watch: Watch, isIgnored: Ignored): void {
    const opened = watch(watched, {
      ignoreInitial: true,
      ignorePermissionErrors: true,
      ignored: (path, stats) => isIgnored(path, stats?.isDirectory() ?? false),
      usePolling: polls,
      interval: POLL_MS,
      binaryInterval: POLL_MS,
    })
    watcher = opened
    opened.on('ready', () => {
      if (watcher === opened) becomeReady()
    })
    opened.on('all', (event, path) => {
      // A folder is no save: what matters are the files in it.
      if (event !== 'addDir' && event !== 'unlinkDir') add(path)
    })
    opened.on('error', (error) => {
      if (watcher !== opened) return
      const limited = LIMITS.has(codeOf(error) ?? '')
      if (limited && !polls) return poll(watch, opened, isIgnored, error)
      // One is enough: there may be one for every file.
      if (!failed) warn('watchFailed', `some saves may not be noticed: ${messageOf(error)}`)
      failed = true
    })
  }

  function poll(watch: Watch, limited: FSWatcher, isIgnored: Ignored, cause: unknown): void {
    polls = true
    warn('watchLimited', `saves are noticed by polling: ${messageOf(cause)}`)
    void close(limited)
    open(watch, isIgnored)
  }

  async function stop(): Promise<void> {
    end.abort()
    await started
    if (watcher === null) return
    await raceTimeout(ready, FIRST_LOOK_MS)
    await close(watcher)
    batch.cancel()
  }

  const started = start()

  return {
    ready,
    settled: batch.settled,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
