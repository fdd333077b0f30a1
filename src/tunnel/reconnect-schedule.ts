// When a tunnel is opened again: a growing wait between attempts, until one serves or there is no point.
import { exponential, type Pace, poll, sinceBeginning } from '../core/async.ts'
import type { Opened, OpenLine } from './connection.ts'
import type { Probe, ProbeResult } from './probe.ts'

/** The wait from the beginning of one attempt to that of the next, in milliseconds: doubled from `minMs` up to `maxMs`, with jitter. */
export interface BackOff {
  readonly minMs: number
  readonly maxMs: number
  readonly random: () => number
}

// The time that an attempt takes counts: one that hangs until its limit is followed by the next without a wait.
const paceOf = ({ minMs, maxMs, random }: BackOff): Pace => sinceBeginning(exponential(minMs, maxMs, random))

/** Opens a connection for the first time: with a limit for all attempts together. Resolves with the last attempt. */
export function openWithin(limitMs: number, open: OpenLine, backOff: BackOff, signal: AbortSignal): Promise<Opened> {
  const deadline = performance.now() + limitMs
  return poll(
    () => open(deadline - performance.now(), signal),
    (opened) => 'line' in opened || opened.retry !== 'yes',
    { pace: paceOf(backOff), limitMs, signal },
  )
}

/** Opens a connection that was lost again: without a limit, unless it is refused for good. */
export function openAgain(
  patienceMs: number,
  open: OpenLine,
  backOff: BackOff,
  onFailed: (reason: string) => void,
  signal: AbortSignal,
): Promise<Opened> {
  const isFinal = (opened: Opened): boolean => {
    if ('line' in opened || opened.retry === 'no') return true
    onFailed(opened.failed.message)
    return false
  }
  return poll(() => open(patienceMs, signal), isFinal, { pace: paceOf(backOff), signal })
}

/** Probes until the URL answers, at most for `limitMs`: a new name can take seconds until it is known everywhere. */
export function untilAnswered(
  probe: Probe,
  url: string,
  limitMs: number,
  random: () => number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const pace = exponential(100, 2_000, random)
  return poll(
    () => probe(url, signal),
    (result) => result.answered,
    { pace, limitMs, signal },
  )
}
