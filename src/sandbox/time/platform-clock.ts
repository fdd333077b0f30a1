// The platform's clock: it runs like this machine's, faster or slower, or stands until somebody advances it.
import { type Clock, MONOTONIC, nextTurn, onAbort } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'

/** How the clock goes: like this machine's, only by `advance`, or so many times as fast. */
export type ClockMode = 'real' | 'manual' | number

export interface PlatformClock extends Clock {
  /** Whether it stands until it is advanced. */
  readonly isManual: boolean
  /** The platform's time, in whole milliseconds since the epoch; it only goes forward. */
  now(): number
  /** The same in ISO 8601, as documents and events have it. */
  stamp(): string
  /**
   * Lets so many milliseconds pass: what falls due by then happens in its order, each once all that follows from the one before has
   * happened. Comes to an end, and to nothing more, when the clock is stopped or starts over meanwhile.
   */
  advance(ms: number): Promise<void>
  /** Cancels every callback that is still to come, and starts over at the present time. */
  restart(): void
  /** Undoes every callback that is still to come, for good. Idempotent. */
  stop(): void
}

/** Where the clock is. `at` and `since`: the platform's time, and that of this machine, when it began to run. */
type Time =
  | { readonly is: 'running'; readonly at: number; readonly since: number }
  | { readonly is: 'standing'; readonly at: number }
  | { readonly is: 'stopped'; readonly at: number }

interface Timer {
  readonly at: number
  readonly callback: () => void
  /** Undoes the timer of this machine that stands for it. */
  disarm: Off
}

export interface PlatformClockOptions {
  readonly mode?: ClockMode
  /** Milliseconds since the epoch. Default: now. */
  readonly startsAt?: number
  /** The clock of this machine. */
  readonly machine?: Pick<Clock, 'now' | 'after'>
  /** Resolves when all that follows from what was due has happened. Default: what needs no more than this process. */
  readonly settled?: () => Promise<void>
}

const MAX_TIMER_MS = 2 ** 31 - 1
const nothing: Off = () => undefined

/** Creates the clock of one platform. */
// One story: one state, and everything that reads or changes it.
export function createPlatformClock(options: PlatformClockOptions = {}): PlatformClock {
  const { mode = 'real', startsAt = Date.now(), machine = MONOTONIC, settled = nextTurn } = options
  const speed = speedOf(mode)
  const timers = new Set<Timer>()
  let time: Time = runFrom(startsAt)
  // One after the other: the second begins where the first one ends.
  let advancing: Promise<void> = Promise.resolve()
  /** Aborted when the clock starts over: what is still to be advanced is a time that is gone. */
  let era = new AbortController()

  function runFrom(at: number): Time {
    return speed === 0 ? { is: 'standing', at } : { is: 'running', at, since: machine.now() }
  }

  const exact = (): number => (time.is === 'running' ? time.at + (machine.now() - time.since) * speed : time.at)

  function after(ms: number, callback: () => void): Off {
    if (time.is === 'stopped') return nothing
    const timer: Timer = { at: exact() + Math.max(0, ms), callback, disarm: nothing }
    timers.add(timer)
    arm(timer)
    return () => {
      timers.delete(timer)
      timer.disarm()
    }
  }

  function arm(timer: Timer): void {
    if (time.is !== 'running') return
    const ms = Math.max(0, timer.at - exact()) / speed
    // What lies further ahead than a timer of this machine can reach is armed again on the way.
    timer.disarm = machine.after(Math.min(MAX_TIMER_MS, ms), () => (ms > MAX_TIMER_MS ? arm(timer) : ring(timer)))
  }

  function ring(timer: Timer): void {
    if (timers.delete(timer)) timer.callback()
  }

  async function pass(ms: number, over: AbortSignal): Promise<void> {
    if (time.is === 'stopped' || over.aborted) return
    const end = exact() + ms
    time = { is: 'standing', at: exact() }
    for (const timer of timers) timer.disarm()
    try {
      await settled()
      for (let due = firstUntil(timers, end); due !== undefined; due = firstUntil(timers, end)) {
        if (over.aborted) return
        standAt(due.at)
        ring(due)
        await settled()
      }
    } finally {
      if (!over.aborted) goOn(end)
    }
  }

  /** It never goes back: what was due before, and was late, happens now. */
  function standAt(at: number): void {
    if (time.is === 'standing') time = { is: 'standing', at: Math.max(time.at, at) }
  }

  function goOn(end: number): void {
    if (time.is === 'stopped') return
    time = runFrom(end)
    timers.forEach(arm)
  }

  return {
    isManual: speed === 0,
    now: () => Math.floor(exact()),
    stamp: () => new Date(exact()).toISOString(),
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const undo = after(ms, () => {
          off()
          resolve()
        })
        const off = onAbort(signal, () => {
          undo()
          reject(signal?.reason)
        })
      }),
    advance: (ms) => {
      const { signal } = era
      advancing = advancing.then(() => pass(ms, signal))
      return advancing
    },
    restart: () => {
      era.abort()
      era = new AbortController()
      for (const timer of timers) timer.disarm()
      timers.clear()
      if (time.is !== 'stopped') time = runFrom(Date.now())
    },
    stop: () => {
      time = { is: 'stopped', at: exact() }
      for (const timer of timers) timer.disarm()
      timers.clear()
    },
  }
}

function speedOf(mode: ClockMode): number {
  if (mode === 'real') return 1
  return mode === 'manual' ? 0 : mode
}

/** The timer that falls due first, of those at the same time the one that was set first; `undefined` when none is due by `end`. */
function firstUntil(timers: ReadonlySet<Timer>, end: number): Timer | undefined {
  let found: Timer | undefined
  for (const timer of timers) if (timer.at <= end && (found === undefined || timer.at < found.at)) found = timer
  return found
}
