// Clocks that a test turns: the one way in which the tests fake time.
import { type Clock, MONOTONIC } from '../../src/core/async.ts'
import type { Off } from '../../src/core/listeners.ts'

// Not the fake timers of the test runner: they replace timers for a whole file, the test's own and those of sockets and
// processes too, and let a real millisecond pass for each of theirs, which a model of thousands of steps has not got.

export interface FakeClock extends Clock {
  /** Lets time pass; what falls due on the way happens in its order, and all that follows from it. */
  pass(ms: number): Promise<void>
  /** Lets as much time pass as a promise needs; its outcome. Rejects when it waits for something other than this clock. */
  until<T>(promise: Promise<T>): Promise<T>
  /** How many timers are set. */
  readonly timers: () => number
}

/** Creates a clock that stands still. */
export function createFakeClock(startsAt = 1_000_000): FakeClock {
  let time = startsAt
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()

  function after(ms: number, callback: () => void): () => void {
    const timer = { at: time + Math.max(0, ms), callback }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  /** Rings the timer that is due next, of those until `end`; `false` when there is none. */
  async function next(end: number): Promise<boolean> {
    await settled()
    const due = first(timers, end)
    if (due === undefined) return false
    timers.delete(due)
    time = due.at
    due.callback()
    return true
  }

  return {
    now: () => time,
    after,
    sleep: sleepBy(after),
    timers: () => timers.size,
    pass: async (ms) => {
      const end = time + ms
      while (await next(end));
      time = end
    },
    until: async (promise) => {
      let open = true
      const close = (): void => {
        open = false
      }
      promise.then(close, close)
      await settled()
      while (open && (await next(Number.POSITIVE_INFINITY))) await settled()
      if (open) throw new Error('it waits for something other than the clock')
      return promise
    },
  }
}

/** The timer that falls due first, of those at the same time the one that was set first. */
function first<T extends { readonly at: number }>(timers: ReadonlySet<T>, end: number): T | undefined {
  let found: T | undefined
  for (const timer of timers) if (timer.at <= end && (found === undefined || timer.at < found.at)) found = timer
  return found
}

const sleepBy =
  (after: Clock['after']): Clock['sleep'] =>
  (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const cancelled = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', cancelled)
        resolve()
      })
      signal?.addEventListener('abort', cancelled, { once: true })
    })

export interface ForwardClock extends Clock {
  /** Puts the clock forward; what falls due by that happens at once, in its order, and all that follows from it. */
  skip(ms: number): Promise<void>
}

/** Creates a clock that goes like the machine's, for what also waits for files and processes, and that may be put forward. */
export function createForwardClock(): ForwardClock {
  let aheadMs = 0
  const timers = new Set<{ readonly at: number; readonly callback: () => void; cancel: Off }>()
  const now = (): number => MONOTONIC.now() + aheadMs

  function after(ms: number, callback: () => void): Off {
    const timer = { at: now() + ms, callback, cancel: (): void => undefined }
    timers.add(timer)
    set(timer)
    return () => {
      timers.delete(timer)
      timer.cancel()
    }
  }

  function set(timer: { readonly at: number; readonly callback: () => void; cancel: Off }): void {
    timer.cancel()
    timer.cancel = MONOTONIC.after(Math.max(0, timer.at - now()), () => {
      if (timers.delete(timer)) timer.callback()
    })
  }

  return {
    now,
    after,
    sleep: sleepBy(after),
    skip: async (ms) => {
      aheadMs += ms
      for (let due = first(timers, now()); due; due = first(timers, now())) {
        timers.delete(due)
        due.cancel()
        due.callback()
        await settled()
      }
      timers.forEach(set)
    },
  }
}

/** Resolves once every promise that can settle by now has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
