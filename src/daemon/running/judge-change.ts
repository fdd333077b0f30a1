// What a change of a file means: a person's save, or what the bot writes at each of its starts.
//
// Nothing tells who wrote a file. But what a start writes comes after each start, and never without one. So a file that was written
// after several starts in a row is held back: the bot is started for it once it has been left alone, each time after a longer wait. No
// save is ever forgotten, then, and no bot is restarted for ever. If the file is written again before that all the same, it was not
// the start that did it. What is not code, and comes after each start at the same time, is the bot's own, and no longer restarts it.

import type { Change } from '../../watch/tree.ts'
import {
  isDoubtful,
  isEarly,
  isRegular,
  LATE_MS,
  maxStarts,
  type ProcessRun,
  QUICK_MS,
  type StartTimes,
  waitMs,
} from './change-timing.ts'

/** What a change does: `save` is a person's, `unsure` may be the bot's own, and both restart it; `none` does not, or not yet. */
export type Judgement = 'save' | 'unsure' | 'none'

/**
 * What is announced of files that come after every start, or all the time: that they no longer restart the bot (`ignored`), that they
 * do, after ever longer waits (`slowed`), or that they do once they are left alone (`endless`).
 */
export type Loop = 'ignored' | 'slowed' | 'endless'

/** A file that was written after the latest start, and maybe after those before it. */
export interface Follower extends StartTimes {
  readonly path: string
  /** The latest run in which it was written. */
  readonly run: number
  /** In how many runs in a row it was held back. */
  readonly heldRuns: number
  /** When it was first held back in this run; `null` when it is not held back. */
  readonly heldAt: number | null
  /** When the bot is to be started once more for it. */
  readonly dueAt: number
  /** When it was written in the first of these runs. */
  readonly since: number
  /** How often it was written without a start while it was held back. */
  readonly proofs: number
  readonly judgement: Judgement
}

/** From when to when after a start a file is the bot's own, in ms. */
export interface OwnTime {
  readonly fromMs: number
  readonly toMs: number
}

/** What follows from a change. */
export interface Decision {
  readonly judgement: Judgement
  /** What is known of the file from now on; `null` for nothing. */
  readonly follower: Follower | null
  /** When the file is the bot's own from now on. */
  readonly own?: OwnTime
  readonly announce?: Loop
}

/** How often the bot is started once more for a file that is held back, before that is announced … */
const MORE_STARTS = 2
/** … or before it is, because the bot is not ready for so long. */
const UNREADY_MS = 5_000
/** A file that is held back and written again for so long is written all the time. */
const ENDLESS_MS = 10_000
/** Somebody does not save twice within this; a compiler writes its files in several steps. */
const SAVES_APART_MS = 1_000
const MAX_PROOFS = 3
/** What is written by a process that crashes may be found a little later. */
const EXIT_MS = 300

const CODE = /\.([cm]?[jt]sx?|vue|svelte|py|rb|php|go|rs|java|kts?|cs|exs?|lua|pl|sh)$/

/** What is followed of a change: a file, or the names that come and go in a folder, which may be others each time. */
export const keyOf = ({ kind, path, folder }: Change): string => (kind === 'changed' ? path : `${folder}/*`)

/** Decides what follows from a change in a run. `known`: what is known of the file, `own`: when it is the bot's own. */
export function judgeChange(
  run: ProcessRun,
  change: Change,
  known: Follower | undefined,
  own: OwnTime | undefined,
): Decision {
  const afterMs = change.at - run.startedAt
  const as = (judgement: Judgement): Decision => ({ judgement, follower: known ?? null })
  // The process has read it.
  if (afterMs < 0) return as('none')
  if (run.exitedAt !== null && change.at - run.exitedAt > EXIT_MS) return as('save')
  if (own !== undefined && afterMs >= own.fromMs && afterMs <= own.toMs) return as('none')
  if (known?.run === run.n) return judgeAgain(run, change, known)
  if (afterMs > LATE_MS && run.readyAt !== null && isCode(change)) return { judgement: 'save', follower: null }
  return judgeFirst(run, change, known?.run === run.n - 1 ? known : null)
}

/** Judges the first change of a file in a run, `known` being what it was in the run before. */
function judgeFirst(run: ProcessRun, change: Change, known: Follower | null): Decision {
  const afterMs = change.at - run.startedAt
  const { heldRuns = 0, since = change.at } = known ?? {}
  const times = {
    runs: (known?.runs ?? 0) + 1,
    earliestMs: Math.min(known?.earliestMs ?? afterMs, afterMs),
    latestMs: Math.max(known?.latestMs ?? afterMs, afterMs),
    isOfStart: (known?.isOfStart ?? true) && isEarly(run, change.at),
    wasUp: (known?.wasUp ?? false) || run.readyAt !== null || run.followsExit,
  }
  const isHeld = isHeldToo(run, change, heldRuns) || times.runs > maxStarts(run, change.at, isCode(change), times)
  const isSave = isCode(change) ? !isEarly(run, change.at) : afterMs > LATE_MS && run.readyAt !== null
  const follower: Follower = {
    path: change.path,
    run: run.n,
    ...times,
    heldRuns: isHeld ? heldRuns + 1 : 0,
    heldAt: isHeld ? change.at : null,
    dueAt: change.at + waitMs(afterMs, heldRuns + 1, times),
    since,
    proofs: known?.proofs ?? 0,
    judgement: isHeld ? 'none' : isSave ? 'save' : 'unsure',
  }
  const { judgement } = follower
  if (!isHeld) return { judgement, follower }
  if (heldRuns >= MORE_STARTS && !isCode(change) && isRegular(times)) {
    return { judgement, follower: null, own: ownTime(times), announce: 'ignored' }
  }
  const isUnready = !follower.wasUp && change.at - since > UNREADY_MS
  return { judgement, follower, ...((isUnready || follower.heldRuns > MORE_STARTS) && { announce: 'slowed' }) }
}

/** Judges a further change of a file in the same run. */
function judgeAgain(run: ProcessRun, change: Change, known: Follower): Decision {
  // The bot is being restarted for it.
  if (known.heldAt === null) return { judgement: known.judgement, follower: known }
  const heldMs = change.at - known.heldAt
  const afterMs = change.at - run.startedAt
  if (isCode(change) && afterMs > QUICK_MS) {
    const saved = { ...known, heldAt: null, judgement: 'save' } as const
    if (known.proofs < MAX_PROOFS && heldMs >= SAVES_APART_MS) {
      return { judgement: 'save', follower: { ...saved, runs: 0, heldRuns: 0, proofs: known.proofs + 1 } }
    }
    const isEndless = heldMs > ENDLESS_MS * 2 ** (known.heldRuns - 1)
    if (isEndless) return { judgement: 'save', follower: saved, announce: 'slowed' }
  }
  const held = { ...known, dueAt: change.at + waitMs(afterMs, known.heldRuns, known) }
  return { judgement: 'none', follower: held, ...(heldMs > ENDLESS_MS && { announce: 'endless' }) }
}

/** Whether a change may well have the same cause as what is held back, so that it is held back with that. */
function isHeldToo(run: ProcessRun, change: Change, heldRuns: number): boolean {
  if (!isDoubtful(run, change.at, isCode(change))) return false
  if (heldRuns > 0 || run.latestHeldAt === null) return heldRuns > 0
  return run.readyAt === null || change.at - run.latestHeldAt < SAVES_APART_MS
}

/** When a file is the bot's own that was written so long after its starts. */
const ownTime = ({ earliestMs, latestMs }: Pick<Follower, 'earliestMs' | 'latestMs'>): OwnTime =>
  earliestMs <= QUICK_MS
    ? { fromMs: 0, toMs: Math.max(QUICK_MS, 2 * latestMs) }
    : { fromMs: earliestMs / 2, toMs: 2 * latestMs }

const isCode = ({ path }: Change): boolean => CODE.test(path)
