// What a change of a file means: a person's save, or what the bot writes at each of its starts.
//
// Nothing tells who wrote a file. But what a start writes comes after each start, and never without one. So a file that was written
// after several starts in a row is held back: nothing is started for it at once. If it is written again all the same, it was not the
// start that did it. If it is not, the bot is started once more, for it may have been a save. A file that comes after these starts
// too is the bot's own, and no longer restarts it.

import type { Change } from '../../watch/tree.ts'

/** What a change does: `save` is a person's, `unsure` may be the bot's own, and both restart it; `none` does not, or not yet. */
export type Judgement = 'save' | 'unsure' | 'none'

/** What is announced of files that come after every start: that they no longer restart the bot, or that they do. */
export type Loop = 'ignored' | 'restarting'

/** One process of the bot, from its start to the next. */
export interface ProcessRun {
  readonly n: number
  readonly startedAt: number
  /** Whether the run before it ended by itself. */
  readonly followsExit: boolean
  readonly isReady: boolean
  /** When the process ended by itself; `null` while it has not. */
  readonly exitedAt: number | null
  /** When the first file was held back in this run; `null` when none was. */
  readonly heldSince: number | null
}

/** A file that was written after the latest start, and maybe after those before it. */
export interface Follower {
  readonly path: string
  /** The latest run in which it was written, and after how many starts in a row it was. */
  readonly run: number
  readonly runs: number
  /** In how many runs in a row it was held back, and whether it is now. */
  readonly heldRuns: number
  readonly isHeld: boolean
  /** The longest time that it took after a start, in ms. */
  readonly latestMs: number
  /** When it was written in the first of these runs, and whether one became ready, or ended by itself, since. */
  readonly since: number
  readonly wasUp: boolean
  /** How often it was written without a start while it was held back. */
  readonly proofs: number
  readonly judgement: Judgement
}

/** What follows from a change. */
export interface Decision {
  readonly judgement: Judgement
  /** What is known of the file from now on; `null` for nothing. */
  readonly follower: Follower | null
  /** For how long no file may be written that is held back, so that the bot is started once more, in ms. */
  readonly holdMs?: number
  /** Until when after a start the file is the bot's own, in ms. */
  readonly ownMs?: number
  readonly announce?: Loop
}

/** What is written so soon after a start is written at once. */
const QUICK_MS = 1_000
/** What comes later than this after a start has nothing to do with it, if the bot is ready by then. */
const LATE_MS = 10_000
/** After so many starts in a row a file is held back: one that may well be the bot's own … */
const MAX_DOUBTFUL_STARTS = 3
/** … and code that comes when the bot is ready: somebody may well save it that often, and means it. */
const MAX_STARTS = 20
/** How often the bot is started once more for a file that is held back, before it is taken for the bot's own … */
const MORE_STARTS = 2
/** … and for code that is not written at once: somebody might save it soon after a start, but not after ever longer waits. */
const MORE_STARTS_FOR_CODE = 6
/** A file that is held back must not be written again for so long, or for half as long again as it took after the start. */
const QUIET_MS = 2_500
const MAX_QUIET_MS = 60_000
const MAX_HOLD_MS = 10_000
/** Somebody does not save twice within this; a compiler writes its files in several steps. */
const SAVES_APART_MS = 1_000
const MAX_PROOFS = 3
/** What is written by a process that crashes may be found a little later. */
const EXIT_MS = 300
/** A bot that is not ready for so long because of restarts is announced before their cause is certain. */
const UNREADY_MS = 5_000

const CODE = /\.([cm]?[jt]sx?|vue|svelte|py|rb|php|go|rs|java|kts?|cs|exs?|lua|pl|sh)$/

/** What is followed of a change: a file, or the names that come and go in a folder, which may be others each time. */
export const keyOf = ({ kind, path, folder }: Change): string => (kind === 'changed' ? path : `${folder}/*`)

/** Decides what follows from a change in a run. `known`: what is known of the file, `ownMs`: until when it is the bot's own. */
export function judgeChange(
  run: ProcessRun,
  change: Change,
  known: Follower | undefined,
  ownMs: number | undefined,
): Decision {
  const afterMs = change.at - run.startedAt
  const as = (judgement: Judgement): Decision => ({ judgement, follower: known ?? null })
  // The process has read it.
  if (afterMs < 0) return as('none')
  if (run.exitedAt !== null && change.at - run.exitedAt > EXIT_MS) return as('save')
  if (ownMs !== undefined && afterMs <= ownMs) return as('none')
  if (known?.run === run.n) return judgeAgain(run, change, known)
  if (afterMs > LATE_MS && run.isReady) return { judgement: 'save', follower: null }
  return judgeFirst(run, change, known?.run === run.n - 1 ? known : undefined)
}

/** Judges the first change of a file in a run, `known` being what it was in the run before. */
function judgeFirst(run: ProcessRun, change: Change, known: Follower | undefined): Decision {
  const { runs = 0, latestMs = 0, since = change.at, wasUp = false, proofs = 0, heldRuns = 0 } = known ?? {}
  const isDoubtful = !run.isReady || !isCode(change)
  const afterMs = change.at - run.startedAt
  const most = isDoubtful && afterMs <= LATE_MS ? MAX_DOUBTFUL_STARTS : MAX_STARTS
  // What comes together with a file that is held back may well have the same cause.
  const isHeldToo = isDoubtful && (run.heldSince !== null || heldRuns > 0)
  const isHeld = isHeldToo || runs + 1 > most
  const judgement = isHeld ? 'none' : isDoubtful ? 'unsure' : 'save'
  const follower: Follower = {
    path: change.path,
    run: run.n,
    runs: runs + 1,
    heldRuns: isHeld ? heldRuns + 1 : 0,
    isHeld,
    latestMs: Math.max(latestMs, afterMs),
    since,
    wasUp: wasUp || run.isReady || run.followsExit,
    proofs,
    judgement,
  }
  if (!isHeld) return { judgement, follower }
  if (heldRuns >= moreStarts(run, change)) {
    return { judgement, follower: null, ownMs: Math.max(QUICK_MS, 2 * follower.latestMs), announce: 'ignored' }
  }
  const isUnready = !follower.wasUp && change.at - since > UNREADY_MS
  const isRepeated = follower.heldRuns > MORE_STARTS
  return { judgement, follower, holdMs: quietMs(afterMs, follower), ...((isUnready || isRepeated) && RESTARTING) }
}

/** Judges a further change of a file in the same run. */
function judgeAgain(run: ProcessRun, change: Change, known: Follower): Decision {
  // The bot is being restarted for it.
  if (!known.isHeld || run.heldSince === null) return { judgement: known.judgement, follower: known }
  const heldMs = change.at - run.heldSince
  const afterMs = change.at - run.startedAt
  const isEndless = heldMs > MAX_HOLD_MS
  const isProof = known.proofs < MAX_PROOFS && heldMs >= SAVES_APART_MS
  if (isCode(change) && afterMs > QUICK_MS && (isProof || isEndless)) {
    const cleared = {
      ...known,
      runs: 0,
      heldRuns: 0,
      isHeld: false,
      proofs: known.proofs + 1,
      judgement: 'save',
    } as const
    return { judgement: 'save', follower: cleared, ...(isEndless && RESTARTING) }
  }
  if (isEndless) return { judgement: 'none', follower: null, ownMs: Number.POSITIVE_INFINITY, announce: 'ignored' }
  return { judgement: 'none', follower: known, holdMs: quietMs(afterMs, known) }
}

const RESTARTING = { announce: 'restarting' } as const

const isCode = ({ path }: Change): boolean => CODE.test(path)

/** How often the bot is started once more for a file that is held back: for code that comes when it is ready, again and again. */
function moreStarts(run: ProcessRun, change: Change): number {
  if (!isCode(change)) return MORE_STARTS
  if (run.isReady) return Number.POSITIVE_INFINITY
  return change.at - run.startedAt <= QUICK_MS ? MORE_STARTS : MORE_STARTS_FOR_CODE
}

function quietMs(afterMs: number, { heldRuns }: Follower): number {
  const ms = Math.max(QUIET_MS, 1.5 * afterMs) * 2 ** Math.max(0, heldRuns - MORE_STARTS)
  return Math.min(ms, MAX_QUIET_MS)
}
