// How long to wait between attempts: back-off, evenly, or ever more slowly.

/** An attempt that has just ended: its number from 0, how long it took, and how long all have taken together, in ms. */
interface Attempted {
  readonly n: number
  readonly tookMs: number
  readonly elapsedMs: number
}

/** How many milliseconds to wait before the next attempt. */
export type Pace = (attempted: Attempted) => number

/** Exponential back-off with full jitter between half and all of the step: `minMs`, doubled per attempt, up to `maxMs`. */
export function backOff(attempt: number, minMs: number, maxMs: number, random: () => number = Math.random): number {
  const step = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30))
  return Math.round(step * (0.5 + random() / 2))
}

/** The pace of an exponential back-off, from the end of one attempt to the beginning of the next. */
export const exponential =
  (minMs: number, maxMs: number, random?: () => number): Pace =>
  ({ n }) =>
    backOff(n, minMs, maxMs, random)

/** The same always. */
export const every =
  (ms: number): Pace =>
  () =>
    ms

/** Counts a pace from the beginning of an attempt: one that took longer than the wait is followed by the next at once. */
export const sinceBeginning =
  (pace: Pace): Pace =>
  (attempted) =>
    Math.max(0, pace(attempted) - attempted.tookMs)

/** A twentieth of the time waited so far, between `minMs` and `maxMs`: quick at first, cheap later. */
export const slowingDown =
  (minMs: number, maxMs: number): Pace =>
  ({ elapsedMs }) =>
    Math.min(maxMs, Math.max(minMs, elapsedMs / 20))
