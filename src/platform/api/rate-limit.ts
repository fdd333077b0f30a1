// How fast the platform may be called: never more than ten times in any second, and not at all while it asks for rest.
import { sleep as realSleep } from '../../core/async.ts'

export interface RateLimit {
  /** Resolves when the next call may be sent. */
  turn(signal: AbortSignal): Promise<void>
  /** Lets nobody through for so many milliseconds. */
  rest(ms: number): void
}

export interface RateLimitOptions {
  readonly calls?: number
  /** In which so many calls may be sent. A little over a second, as the network may bring two calls closer together. */
  readonly windowMs?: number
  /** Milliseconds of a clock that never jumps. */
  readonly clock?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Creates the limit: a burst of `calls`, then as they leave the window. */
export function createRateLimit(options: RateLimitOptions = {}): RateLimit {
  const { calls = 10, windowMs = 1_100, clock = () => performance.now(), sleep = realSleep } = options
  const sent: number[] = []
  let restUntil = Number.NEGATIVE_INFINITY

  function wait(): number {
    const oldest = sent.length < calls ? undefined : sent[0]
    return Math.max(restUntil, oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + windowMs) - clock()
  }

  return {
    turn: async (signal) => {
      signal.throwIfAborted()
      for (let ms = wait(); ms > 0; ms = wait()) await sleep(Math.ceil(ms), signal)
      sent.push(clock())
      if (sent.length > calls) sent.shift()
    },
    rest: (ms) => {
      restUntil = Math.max(restUntil, clock() + ms)
    },
  }
}
