// When a call that the platform did not answer well is made again, and how long the platform wants to be left alone before.
import type { DevHookError } from '../../core/errors.ts'
import { type RawResponse, timeOf } from './api-errors.ts'
import type { Exchange } from './transport.ts'

/** What came of an exchange. */
export type ExchangeOutcome = { readonly response: RawResponse } | { readonly error: DevHookError }

/** However long a pause the platform asks for, the next call waits no longer than this. */
export const MAX_PAUSE_MS = 30_000

const REPEATED: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 521, 522, 524])

/**
 * No attempt of a call begins later than this after its first: fewer than the 30 s that commands have for all they do, so that they end
 * with what the platform answered, and not with the time that is up.
 */
export const REPEATING_MS = 20_000

/** Whether an exchange may be made again: a GET whose failure may be over in the time that is left. */
export function mayRepeat(
  { method }: Pick<Exchange, 'method'>,
  outcome: ExchangeOutcome,
  { now, leftMs }: { readonly now: number; readonly leftMs: number },
): boolean {
  if (method !== 'GET') return false
  // An answer that is too long would be as long again.
  if ('error' in outcome) return outcome.error.is('apiUnreachable')
  const { response } = outcome
  return REPEATED.has(response.status) && (pauseOf(response, now) ?? 0) < leftMs
}

/** The pause that a response asks for in `Retry-After`, seconds or a date, in milliseconds; `null` when it asks for none. */
export function pauseOf(response: RawResponse, now: number): number | null {
  const given = response.headers['retry-after']
  if (given === undefined || !REPEATED.has(response.status)) return null
  const ms = /^\d+$/.test(given.trim()) ? Number(given) * 1_000 : Date.parse(given) - timeOf(response, now)
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
