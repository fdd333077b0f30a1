// How fast the platform may be called: never more than ten times in any second, and not at all while it asks for a pause.
import { type Clock, MONOTONIC, poll } from '../../core/async.ts'

export interface Throttle {
  /** Resolves when the next call may be sent, and counts it. Rejects when the signal is aborted. */
  acquire(signal: AbortSignal): Promise<void>
  /** Lets nobody through for so many milliseconds. */
  pause(ms: number): void
}

export interface ThrottleOptions {
  readonly calls?: number
  /** In which so many calls may be sent. A little over a second, as the network may bring two calls closer together. */
  readonly windowMs?: number
  readonly clock?: Clock
}

/** Creates a throttle: a burst of `calls`, then as they leave the window. */
export function createThrottle(options: ThrottleOptions = {}): Throttle {
  const { calls = 10, windowMs = 1_100, clock = MONOTONIC } = options
  const sent: number[] = []
  let pausedUntil = Number.NEGATIVE_INFINITY

  function waitMs(): number {
    const oldest = sent.length < calls ? undefined : sent[0]
    const free = oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + windowMs
    return Math.max(0, Math.ceil(Math.max(pausedUntil, free) - clock.now()))
  }

  // Without a wait between the question and the answer: several callers may ask at the same time.
  async function tryAcquire(): Promise<boolean> {
    if (waitMs() > 0) return false
    sent.push(clock.now())
    if (sent.length > calls) sent.shift()
    return true
  }

  return {
    acquire: async (signal) => void (await poll(tryAcquire, (acquired) => acquired, { pace: waitMs, signal, clock })),
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms)
    },
  }
}
