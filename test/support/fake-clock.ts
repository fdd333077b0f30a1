// A clock that stands still until a test turns it: the one way in which the tests fake time.
import type { Clock } from '../../src/core/async.ts'

// Not the fake timers of the test runner: they replace timers for a whole file, the test's own and those of sockets and
// processes too, and let a real millisecond pass for each of theirs, which a model of thousands of steps has not got.

export interface FakeClock extends Clock {
  /** Lets time pass; what falls due on the way happens in its order, and all that follows from it. */
  pass(ms: number): Promise<void>
  /** Lets as much time pass as a promise needs; its outcome. Rejects when it waits for something else than this clock. */
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

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
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
    sleep,
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
      if (open) throw new Error('it waits for something else than the clock')
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

/** Resolves once every promise that can settle by now has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
