// When the watched folders are checked: at once where the system reports something, now and then for what it does not.
import { ignoreAbort, poll, raceTimeout } from '../core/async.ts'
import { every } from '../core/pace.ts'
import { scanRound } from './scan.ts'
import { closeTree, createTree, markAll, markUnreported, type Tree, type TreeOptions, unwatchAll } from './tree.ts'

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

/** How often that is checked which the system does not report: what is above the watched folders, and links. */
const UNREPORTED_MS = 1_000
/** How many files are checked besides, one folder after the other: some systems lose reports, some mounts have none. */
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
  /** The folders that are still to be checked as a matter of routine. */
  let routine: string[] = []

  async function run(): Promise<void> {
    // What is marked now may be marked by name a moment later.
    await Promise.resolve()
    // A file that is written all the time shall not keep us busy all the time. A machine that slept during a round may say that
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
  }

  const tree = createTree({
    ...options,
    onDirty: () => {
      running ??= run()
    },
  })
  const idle = async (): Promise<void> => {
    await running
  }

  async function check(): Promise<void> {
    if (isPolling) for (const path of tree.folders.keys()) markAll(tree, path)
    else {
      markUnreported(tree)
      markRoutine()
    }
    await idle()
  }

  function markRoutine(): void {
    let files = 0
    if (routine.length === 0) routine = [...tree.folders.keys()]
    for (let path = routine.pop(); path !== undefined; path = files < ROUTINE_FILES ? routine.pop() : undefined) {
      markAll(tree, path)
      files += tree.folders.get(path)?.files.size ?? 0
    }
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
      const pace = ({ tookMs }: { readonly tookMs: number }): number =>
        isPolling ? Math.min(Math.max(POLL_MS, POLL_SHARE * tookMs), MAX_POLL_MS) : UNREPORTED_MS
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
