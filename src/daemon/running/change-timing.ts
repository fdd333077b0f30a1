// The timing of a change: by when it comes, and how often it came after a start before, whether it may be the bot's own.

/** One process of the bot, from its start to the next. */
export interface ProcessRun {
  readonly n: number
  readonly startedAt: number
  /** Whether the run before it ended by itself. */
  readonly followsExit: boolean
  /** When the bot became ready; `null` while it has not. */
  readonly readyAt: number | null
  /** When the process ended by itself; `null` while it has not. */
  readonly exitedAt: number | null
  /** When a file was held back in this run for the first time, and for the last; `null` when none was. */
  readonly heldSince: number | null
  readonly latestHeldAt: number | null
}

/** After how many starts in a row a file was written, and how long after them, in ms. */
export interface StartTimes {
  readonly runs: number
  readonly earliestMs: number
  readonly latestMs: number
  /** Whether it always was while the bot started, or began to listen. */
  readonly isOfStart: boolean
  /** Whether the bot became ready in one of these runs, or one of them ended by itself. */
  readonly wasUp: boolean
}

/** What a bot writes when it begins to listen is found so soon after that. */
const EARLY_MS = 150
/** What is written so soon after a start is written by it at once: how soon varies with what else the machine does. */
export const QUICK_MS = 1_000
/** What comes later than this after a start, if the bot is ready by then, is hardly ever due to it. */
export const LATE_MS = 10_000
/** By so much, and by this part of it, the time after a start may vary of what is written by it later. */
const REGULAR_MS = 500
const REGULAR_SHARE = 0.02

/** After so many starts in a row a file is held back: one that may well be the bot's own … */
const MAX_STARTS = 3
/** … code that comes when the bot has just begun to listen … */
const MAX_EARLY_STARTS = 5
/** … and what somebody may well save that often, and mean it. */
const MAX_SAVED_STARTS = 20

/** A file that is held back must be left alone for so long, or for half as long again as it took after the start. */
const WAIT_MS = 3_000
const WAIT_SHARE = 1.5
/** So many of these waits are as long as that, each further one twice as long as the one before. */
const SHORT_WAITS = 2
const MAX_WAIT_MS = 60_000
/** The longest wait for what comes after each start at the same time. */
const MAX_REGULAR_WAIT_MS = 10 * 60_000

/** Whether the bot writes at such a time, while it starts or begins to listen. */
export const isEarly = ({ readyAt }: ProcessRun, at: number): boolean => readyAt === null || at - readyAt < EARLY_MS

/** Whether a change may well be the bot's own. */
export const isDoubtful = (run: ProcessRun, at: number, isCode: boolean): boolean => !isCode || isEarly(run, at)

/** Whether a file came after each start at about the same time, as nobody saves. */
export function isRegular({ earliestMs, latestMs, isOfStart, wasUp }: StartTimes): boolean {
  // How long a start takes varies. Of a bot that never gets ready, everything is written while it starts.
  if (isOfStart && wasUp) return true
  return latestMs <= QUICK_MS || latestMs - earliestMs <= REGULAR_MS + REGULAR_SHARE * latestMs
}

/** After how many starts in a row a change is held back; `times`: when it came after them. */
export function maxStarts(run: ProcessRun, at: number, isCode: boolean, times: StartTimes): number {
  const isLate = at - run.startedAt > LATE_MS
  if (!isLate && run.readyAt === null) return MAX_STARTS
  if (isCode && run.readyAt !== null) return isEarly(run, at) ? MAX_EARLY_STARTS : MAX_SAVED_STARTS
  if (isRegular(times)) return MAX_STARTS
  return isLate && run.readyAt !== null ? Number.POSITIVE_INFINITY : MAX_SAVED_STARTS
}

/** How long a file must be left alone before the bot is started once more for it, when it is held back for the nth time. */
export function waitMs(afterStartMs: number, n: number, times: StartTimes): number {
  const ms = Math.max(WAIT_MS, WAIT_SHARE * afterStartMs) * 2 ** Math.max(0, n - SHORT_WAITS)
  return Math.min(ms, isRegular(times) ? MAX_REGULAR_WAIT_MS : MAX_WAIT_MS)
}
