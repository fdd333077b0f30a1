// When a call that the platform did not answer well is made again, and how long the platform wants to be left alone before.
import type { DevHookError } from '../../core/errors.ts'
import { isTransient, type RawResponse, timeOf } from './api-errors.ts'
import type { Exchange } from './transport.ts'

/** What came of an exchange. */
export type ExchangeOutcome = { readonly response: RawResponse } | { readonly error: DevHookError }

/** A longer pause than this is not waited for. */
export const MAX_PAUSE_MS = 30_000

const REPEATED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504, 521, 522, 524])

/** Whether an exchange may be made again: a GET whose failure may be over in a moment. */
export function mayRepeat({ method }: Pick<Exchange, 'method'>, outcome: ExchangeOutcome, now: number): boolean {
  if (method !== 'GET') return false
  if ('error' in outcome) return isTransient(outcome.error)
  const { response } = outcome
  return REPEATED.has(response.status) && (pauseOf(response, now) ?? 0) <= MAX_PAUSE_MS
}

/** The pause that a response asks for in `Retry-After`, seconds or a date, in milliseconds; `null` when it asks for none. */
export function pauseOf(response: RawResponse, now: number): number | null {
  const given = response.headers['retry-after']
  if (given === undefined || !REPEATED.has(response.status)) return null
  const ms = /^\d+$/.test(given.trim()) ? Number(given) * 1_000 : Date.parse(given) - timeOf(response, now)
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
