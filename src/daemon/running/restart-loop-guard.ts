// Keeping the bot from being restarted by what it writes at each of its starts.
import type { Clock } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Change } from '../../watch/tree.ts'
import type { ProcessRun } from './change-timing.ts'
import { type Follower, type Judgement, judgeChange, keyOf, type Loop, type OwnTime } from './judge-change.ts'

export interface LoopGuard {
  /** Tells the guard that the bot was started. */
  started(): void
  /** Tells the guard that the bot has become ready. */
  ready(): void
  /** Tells the guard that the bot has ended by itself. */
  exited(): void
  /** Whether a change restarts the bot; not before it was started. */
  judge(change: Change): Judgement
  /** Whether the bot is still being started, maybe by a command that removes files and writes them again. */
  isStarting(): boolean
  stop(): void
}

export interface LoopGuardOptions {
  /** Called once in a run at most, when the bot has to be started once more for a file that was held back. */
  readonly restart: (path: string) => void
  /** Called with what people call these files, once for each. */
  readonly onLoop: (names: readonly string[], loop: Loop) => void
  readonly clock: Pick<Clock, 'now' | 'after'>
}

/** Files that are held back and written within this time of each other are waited for together, though not for longer than that. */
const TOGETHER_MS = 3_000
const MAX_TOGETHER_MS = 10_000
/** The longest start during which a file that is removed may come back as it was. */
const MAX_START_MS = 10_000
/** What is announced of several files at about the same time is announced together. */
const GATHER_MS = 200

/** Creates a guard for a bot that was not started yet. */
export function createLoopGuard({ restart, onLoop, clock }: LoopGuardOptions): LoopGuard {
  const followers = new Map<string, Follower>()
  /** When the bot's own files do not count. */
  const own = new Map<string, OwnTime>()
  const announcer = createLoopAnnouncer(onLoop, clock)
  let run: ProcessRun | null = null
  let cancelHold: Off | null = null

  function judge(change: Change): Judgement {
    if (run === null) return 'none'
    const key = keyOf(change)
    const { judgement, follower, own: ownTime, announce } = judgeChange(run, change, followers.get(key), own.get(key))
    if (follower === null) followers.delete(key)
    else followers.set(key, follower)
    if (ownTime !== undefined) own.set(key, ownTime)
    if (announce !== undefined) announcer.add(change, announce)
    if (follower !== null && follower.heldAt !== null) hold(run, change.at)
    return judgement
  }

  /** Starts the bot once more when the first file is due that is held back. */
  function hold(held: ProcessRun, at: number): void {
    const heldSince = held.heldSince ?? at
    run = { ...held, heldSince, latestHeldAt: at }
    const ofRun = [...followers.values()].filter((follower) => follower.run === held.n && follower.heldAt !== null)
    const [first] = ofRun.sort((one, other) => one.dueAt - other.dueAt)
    if (first === undefined) return
    // One that comes together with others waits for them, but not for what is written all the time.
    const dueAt = Math.max(first.dueAt, Math.min(at + TOGETHER_MS, heldSince + MAX_TOGETHER_MS))
    cancelHold?.()
    cancelHold = clock.after(dueAt - clock.now(), () => restart(first.path))
  }

  return {
    judge,
    started: () => {
      cancelHold?.()
      cancelHold = null
      const followsExit = run !== null && run.exitedAt !== null
      const n = (run?.n ?? 0) + 1
      run = {
        n,
        startedAt: clock.now(),
        followsExit,
        readyAt: null,
        exitedAt: null,
        heldSince: null,
        latestHeldAt: null,
      }
    },
    ready: () => {
      run = run && { ...run, readyAt: run.readyAt ?? clock.now() }
    },
    exited: () => {
      run = run && { ...run, exitedAt: run.exitedAt ?? clock.now() }
    },
    isStarting: () =>
      run !== null && run.readyAt === null && run.exitedAt === null && clock.now() - run.startedAt < MAX_START_MS,
    stop: () => {
      cancelHold?.()
      announcer.stop()
    },
  }
}

/** Announces files together that are found at about the same time, each of them once. */
function createLoopAnnouncer(
  onLoop: LoopGuardOptions['onLoop'],
  clock: LoopGuardOptions['clock'],
): { add(change: Change, loop: Loop): void; stop(): void } {
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
