// Attempts to test with.
import type { Attempt, Outcome, Reply } from '../../src/core/delivery.ts'

interface AttemptFields {
  readonly startedAt?: number
  readonly ms?: number
  /** Of an answered one. */
  readonly reply?: Reply
  /** Of an answered one without a reply given: of its empty one. Default 200. */
  readonly status?: number
  /** Of every other one. */
  readonly reason?: string
  /** Of a refused one. */
  readonly alone?: boolean
  /** Of a cancelled one. */
  readonly sent?: boolean
}

/** An attempt with this outcome, and whatever is given instead of the usual. */
export function anAttempt(outcome: Outcome, fields: AttemptFields = {}): Attempt {
  const { startedAt = 0, ms = 1, status = 200, reason = 'it broke', alone, sent } = fields
  const times = { startedAt, ms }
  if (outcome === 'answered') {
    const { reply = { status, headers: [], body: Buffer.alloc(0) } } = fields
    return { ...times, outcome, reply }
  }
  if (outcome === 'cancelled' && sent !== undefined) return { ...times, outcome, reason, sent }
  if (outcome === 'refused' && alone !== undefined) return { ...times, outcome, reason, alone }
  return { ...times, outcome, reason }
}
