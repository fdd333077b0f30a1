// When the watched folders are checked: at once where the system reports something, now and then for what it does not.
import { basename, dirname } from 'node:path'
import { ignoreAbort, poll, raceTimeout } from '../core/async.ts'
import { every } from '../core/pace.ts'
import { scanRound } from './scan.ts'
import { closeTree, createTree, later, markAll, markName, type Tree, type TreeOptions, unwatchAll } from './tree.ts'

export interface Scanner {
  readonly tree: Tree
  /** Resolves when nothing is left to be checked. */
  idle(): Promise<void>
  /** Resolves when no file is being written, or after a second. */
  settled(): Promise<void>
  /** Checks, until it is aborted, what the system does not report. Never rejects. */
  checkUnreported(): Promise<void>
  /** Checks everything again and again from now on: the system reports nothing any more. */
  startPolling(): void
  /** Ends what the system reports. */
  close(): void
}

/** How often that is checked which the system does not report: links, and whether a folder is there again. */
const UNREPORTED_MS = 1_000
/** How often the rest is checked as a matter of routine: where the system may report nothing, and where it does. */
const ROUTINE_MS = { unsure: 1_000, reported: 10_000 }
/** How many files are then checked, one folder after the other: some systems lose reports, some mounts have none. */
const ROUTINE_FILES = 100
const POLL_MS = 500
/** At most a tenth of the time goes into polling, on trees that are checked within a second. */
const POLL_SHARE = 10
const MAX_POLL_MS = 10_000
/** The longest pause between two rounds of checks. */
const MAX_PAUSE_MS = 1_000
const MAX_WRITE_MS = 1_000
const WRITE_POLL_MS = 5

/** Creates a tree and checks it whenever something in it is marked, until the signal is aborted. */
export function createScanner(options: Omit<TreeOptions, 'onDirty'>, signal: AbortSignal): Scanner {
  const { clock } = options
  let running: Promise<void> | null = null
  let isPolling = false

  async function run(): Promise<void> {
    // What is marked now may be marked by name a moment later.
    await Promise.resolve()
    // A file that is written all the time must not keep us busy all the time. A machine that slept during a round may say that
    // it took hours.
    const pace = ({ tookMs }: { readonly tookMs: number }): number =>
      tree.isFirstScan ? 0 : Math.min(tookMs, MAX_PAUSE_MS)
    const rounds = poll(
      () => scanRound(tree),
      () => tree.dirty.size === 0,
      { pace, signal, clock },
    )
    await ignoreAbort(rounds, signal)
    tree.isFirstScan = false
    tree.wasIgnored = null
    running = null
    recheck.soon()
  }

  const tree = createTree({
    ...options,
    onDirty: () => {
      running ??= run()
    },
  })
  markUnreported(tree)
  const routine = createRoutine(tree)
  const recheck = createRecheck(tree, () => isPolling || signal.aborted)
  const idle = async (): Promise<void> => {
    await running
  }

  async function check(): Promise<void> {
    if (isPolling) for (const path of tree.folders.keys()) markAll(tree, path)
    else {
      markUnreported(tree)
      routine.markNext()
    }
    await idle()
  }

  return {
    tree,
    idle,
    settled: async () => {
      const unfinished = async (): Promise<number> => {
        await raceTimeout(idle(), MAX_WRITE_MS)
        return tree.unfinished.size
      }
      await poll(unfinished, (files) => files === 0, { pace: every(WRITE_POLL_MS), limitMs: MAX_WRITE_MS, clock })
    },
    checkUnreported: async () => {
      const pace = ({ tookMs }: { readonly tookMs: number }): number => {
        if (isPolling) return Math.min(Math.max(POLL_MS, POLL_SHARE * tookMs), MAX_POLL_MS)
        return tree.disks.areReported() ? ROUTINE_MS.reported : ROUTINE_MS.unsure
      }
      await ignoreAbort(
        poll(check, () => false, { pace, signal, clock }),
        signal,
      )
    },
    startPolling: () => {
      isPolling = true
      unwatchAll(tree)
    },
    close: () => closeTree(tree),
  }
}

/** Creates what has that checked again and again which the system does not report, as long as there is something. */
function createRecheck(tree: Tree, isOver: () => boolean) {
  let isDue = false
  return {
    soon: (): void => {
      if (isDue || isOver() || !hasUnreported(tree)) return
      isDue = true
      later(tree, UNREPORTED_MS, () => {
        isDue = false
        markUnreported(tree)
      })
    },
  }
}

/** Creates what has folder after folder checked as a matter of routine, a few at a time. */
function createRoutine(tree: Tree) {
  let left: string[] = []
  return {
    markNext: (): void => {
      let files = 0
      if (left.length === 0) left = [...tree.folders.keys()]
      for (let path = left.pop(); path !== undefined; path = files < ROUTINE_FILES ? left.pop() : undefined) {
        markAll(tree, path)
        files += tree.folders.get(path)?.files.size ?? 0
      }
    },
  }
}

/** Has everything checked that the system does not report: what is above the watched folders, and links. */
function markUnreported(tree: Tree): void {
  for (const [path, names] of tree.bases) for (const name of names) markName(tree, path, name)
  for (const path of tree.links) markName(tree, dirname(path), basename(path))
}

/** Whether there is something that the system does not report: links, and a folder that is to be watched once it is there. */
function hasUnreported({ links, bases, folders }: Tree): boolean {
  if (links.size > 0) return true
  return [...bases.keys()].some((path) => (folders.get(path)?.identity ?? null) === null)
}
