// Durations as tests give them.
import { DevHookError } from '../core/errors.ts'
import { parseDuration } from '../core/text/duration.ts'

const MAX_MS = 2 ** 31 - 1

/** A duration in ms. Throws `usage` for anything else, or more than `maxMs` (default: 24 days); `name`: what it was given as. */
export function toMs(given: number | string, name: string, maxMs: number = MAX_MS): number {
  const ms = typeof given === 'number' ? given : parseDuration(given)
  if (ms !== null && Number.isFinite(ms) && ms >= 0 && ms <= maxMs) return ms
  throw new DevHookError('usage', `${name} ${JSON.stringify(given)} is not a duration`, {
    remedy: 'give milliseconds, or a number with a unit: 200ms, 5s, 2m, 24h',
  })
}
