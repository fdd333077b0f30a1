// Which changes of files restart the bot: those that a person may have made, not what the bot writes at each of its starts.
import type { Clock } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'

// Nothing tells who wrote a file. But what a start writes comes after each start, and never without one. So a file that was written
// after several starts in a row is held back: nothing is started for it at once. If it is written again all the same, it was not the
// start that did it. If it is not, the bot is started once more, for it may have been a save. A file that comes after these starts
// too is the bot's own, and no longer restarts it.

/** A change of a file; the paths are those that people see. */
export interface GuardedChange {
  readonly path: string
  readonly kind: 'added' | 'changed' | 'removed'
  /** The folder in which a name came or went. */
  readonly folder: string
  /** On the clock of the guard. */
  readonly at: number
}

/** What a change means: `save` is a person's, `unsure` may be the bot's own, and both restart it; `none` does not, or not yet. */
export type Judgement = 'save' | 'unsure' | 'none'

/** What is announced of files that come after every start: that they no longer count, or that they do. */
export type Loop = 'ignored' | 'restarting'

export interface LoopGuard {
  /** Tells the guard that the bot was started. */
  started(): void
  /** Tells the guard that the bot has become ready. */
  ready(): void
  /** Tells the guard that the bot has ended by itself. */
  exited(): void
  judge(change: GuardedChange): Judgement
  /** Whether the bot is still being started, maybe by a command that removes files to write them anew. */
  isStarting(): boolean
  stop(): void
}

export interface LoopGuardOptions {
  /** Called when the bot has to be started for a file that was held back. */
  readonly restart: (path: string) => void
  /** Called with what people call these files, once for each. */
  readonly onLoop: (names: readonly string[], loop: Loop) => void
  readonly clock: Pick<Clock, 'now' | 'after'>
}

/** One process of the bot, from its start to the next. */
interface Run {
  readonly n: number
  readonly startedAt: number
  /** Whether the run before it ended by itself. */
  readonly followsExit: boolean
  isReady: boolean
  exitedAt: number | null
  /** When the first file was held back in it, and when it is started once more for those that are still held back then. */
  hold: { readonly since: number; dueAt: number } | null
}

/** A file that was written after the latest start, and maybe after those before it. */
interface Follower {
  readonly path: string
  /** The latest run in which it was written, and after how many starts in a row it was. */
  readonly run: number
  readonly runs: number
  /** In how many runs in a row it was held back. */
  readonly heldRuns: number
  readonly isHeld: boolean
  /** The longest time that it took after a start, in ms. */
  readonly latestMs: number
  /** When the first of these runs was restarted for it, and whether one became ready, or ended by itself. */
  readonly since: number
  readonly wasUp: boolean
  /** How often the file was written without a start when it was held back. */
  readonly proofs: number
  readonly judgement: Judgement
}

/** What comes so soon after a start may well be its doing. */
const QUICK_MS = 1_000
/** What comes later than this after a start has nothing to do with it, if the bot is ready by then. */
const LATE_MS = 10_000
/** After so many starts in a row a file is held back: one that may well be the bot's own … */
const MOST_DOUBTFUL = 3
/** … and code that is saved later: somebody may well save it that often, and means it. */
const MOST = 20
/** How often the bot is started once more for files that were held back, before they are taken for its own. */
const MORE_STARTS = 2
/** A file that is held back must not be written again for so long, or for half as long again as it took after the start. */
const QUIET_MS = 2_500
const LONGEST_HOLD_MS = 10_000
/** Somebody does not save twice within this; a compiler writes its files in several steps. */
const SAVES_APART_MS = 1_000
const MOST_PROOFS = 3
/** What is written by a process that crashes may be found a little later. */
const EXIT_MS = 300
/** A bot that is not ready for so long because of restarts is announced before their cause is certain. */
const UNREADY_MS = 5_000
/** What is announced of several files at about the same time is announced together. */
const GATHER_MS = 200

const CODE = /\.([cm]?[jt]sx?|vue|svelte|py|rb|php|go|rs|java|kts?|cs|exs?|lua|pl|sh)$/

/** Creates a guard for a bot that was not started yet. */
// One story: every judgement reads and changes what is known of the same run and its followers.
export function createLoopGuard({ restart, onLoop, clock }: LoopGuardOptions): LoopGuard {
  const followers = new Map<string, Follower>()
  /** The bot's own files: until when after a start they do not count, in ms. */
  const own = new Map<string, number>()
  const announcer = createLoopAnnouncer(onLoop, clock)
  let run: Run | null = null
  let cancelHold: Off | null = null

  function judge(change: GuardedChange): Judgement {
    // A process that was started after the change has read it.
    if (run === null || change.at < run.startedAt) return 'none'
    if (run.exitedAt !== null && change.at - run.exitedAt > EXIT_MS) return 'save'
    const key = keyOf(change)
    const afterMs = change.at - run.startedAt
    if (afterMs <= (own.get(key) ?? -1)) return 'none'
    const known = followers.get(key)
    if (known?.run === run.n) return judgeAgain(run, change, known)
    if (afterMs <= LATE_MS || !run.isReady) return judgeFirst(run, change, known)
    followers.delete(key)
    return 'save'
  }

  /** Judges the first change of a file in a run. */
  function judgeFirst(run: Run, change: GuardedChange, before: Follower | undefined): Judgement {
    const known = before?.run === run.n - 1 ? before : undefined
    const follower = follow(run, change, known)
    const heldBefore = known?.heldRuns ?? 0
    // What comes together with a file that is held back may well have the same cause.
    const isHeldToo = isDoubtful(run, change) && (run.hold !== null || heldBefore > 0)
    const isHeld = isHeldToo || follower.runs > mostRuns(run, change)
    const heldRuns = isHeld ? heldBefore + 1 : 0
    const judgement = isHeld ? 'none' : isDoubtful(run, change) ? 'unsure' : 'save'
    followers.set(keyOf(change), { ...follower, isHeld, heldRuns, judgement })
    if (heldRuns > MORE_STARTS) disown(change, Math.max(QUICK_MS, 2 * follower.latestMs))
    else if (isHeld) hold(run, change)
    if (heldRuns === 1 && !follower.wasUp && change.at - follower.since > UNREADY_MS)
      announcer.add(change, 'restarting')
    return judgement
  }

  /** Judges a further change of a file in the same run. */
  function judgeAgain(run: Run, change: GuardedChange, known: Follower): Judgement {
    // The bot is being restarted for it.
    if (!known.isHeld || run.hold === null) return known.judgement
    const isProof = known.proofs < MOST_PROOFS && change.at - run.hold.since >= SAVES_APART_MS
    const isEndless = change.at - run.hold.since > LONGEST_HOLD_MS
    if (isCode(change) && change.at - run.startedAt > QUICK_MS && (isProof || isEndless)) {
      if (isEndless) announcer.add(change, 'restarting')
      followers.set(keyOf(change), {
        ...known,
        runs: 0,
        heldRuns: 0,
        isHeld: false,
        proofs: known.proofs + 1,
        judgement: 'save',
      })
      return 'save'
    }
    if (isEndless) disown(change, Number.POSITIVE_INFINITY)
    else hold(run, change)
    return 'none'
  }

  function hold(run: Run, { at }: GuardedChange): void {
    const dueAt = at + Math.max(QUIET_MS, 1.5 * (at - run.startedAt))
    run.hold = { since: run.hold?.since ?? at, dueAt: Math.max(run.hold?.dueAt ?? dueAt, dueAt) }
    cancelHold?.()
    cancelHold = clock.after(run.hold.dueAt - clock.now(), () => {
      const held = [...followers.values()].find((follower) => follower.run === run.n && follower.isHeld)
      if (held !== undefined) restart(held.path)
    })
  }

  function disown(change: GuardedChange, withinMs: number): void {
    own.set(keyOf(change), withinMs)
    followers.delete(keyOf(change))
    announcer.add(change, 'ignored')
  }

  return {
    judge,
    started: () => {
      cancelHold?.()
      cancelHold = null
      run = {
        n: (run?.n ?? 0) + 1,
        startedAt: clock.now(),
        followsExit: run !== null && run.exitedAt !== null,
        isReady: false,
        exitedAt: null,
        hold: null,
      }
    },
    ready: () => {
      if (run !== null) run.isReady = true
    },
    exited: () => {
      if (run !== null) run.exitedAt ??= clock.now()
    },
    isStarting: () => run !== null && !run.isReady && run.exitedAt === null && clock.now() - run.startedAt < LATE_MS,
    stop: () => {
      cancelHold?.()
      announcer.stop()
    },
  }
}

/** What is followed: a file, or the names that come and go in a folder, which may be others each time. */
const keyOf = ({ kind, path, folder }: GuardedChange): string => (kind === 'changed' ? path : `${folder}/*`)

const isCode = ({ path }: GuardedChange): boolean => CODE.test(path)

/** Whether a change may well be the bot's own doing. */
const isDoubtful = (run: Run, change: GuardedChange): boolean =>
  !run.isReady || change.at - run.startedAt <= QUICK_MS || !isCode(change)

function mostRuns(run: Run, change: GuardedChange): number {
  return change.at - run.startedAt <= LATE_MS && isDoubtful(run, change) ? MOST_DOUBTFUL : MOST
}

/** The follower that a change makes of a file, `known` being what it was in the run before. */
function follow(
  run: Run,
  change: GuardedChange,
  known: Follower | undefined,
): Omit<Follower, 'isHeld' | 'heldRuns' | 'judgement'> {
  const { runs = 0, latestMs = 0, since = change.at, wasUp = false, proofs = 0 } = known ?? {}
  return {
    path: change.path,
    run: run.n,
    runs: runs + 1,
    latestMs: Math.max(latestMs, change.at - run.startedAt),
    since,
    wasUp: wasUp || run.isReady || run.followsExit,
    proofs,
  }
}

/** Announces files together that are found at about the same time, each of them once. */
function createLoopAnnouncer(
  onLoop: LoopGuardOptions['onLoop'],
  clock: LoopGuardOptions['clock'],
): { add(change: GuardedChange, loop: Loop): void; stop(): void } {
  const announced = new Set<string>()
  const gathered = new Map<Loop, string[]>()
  let cancel: Off | null = null
  const announce = (): void => {
    cancel = null
    for (const [loop, names] of gathered) onLoop(names, loop)
    gathered.clear()
  }
  return {
    add: (change, loop) => {
      const once = `${loop} ${keyOf(change)}`
      if (announced.has(once)) return
      announced.add(once)
      const name = change.kind === 'changed' ? change.path : `names like ${change.path}`
      gathered.set(loop, [...(gathered.get(loop) ?? []), name])
      cancel ??= clock.after(GATHER_MS, announce)
    },
    stop: () => cancel?.(),
  }
}
