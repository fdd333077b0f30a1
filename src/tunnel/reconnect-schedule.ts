// When a connection is opened again: a growing wait between attempts, until one serves or another is of no use.
import { type Clock, MONOTONIC, poll } from '../core/async.ts'
import { exponential, type Pace, sinceBeginning } from '../core/pace.ts'
import type { OpenConnection, OpenResult } from './connection.ts'
import type { Probe, ProbeResult } from './probe.ts'

/** The wait from the beginning of one attempt to that of the next, in milliseconds: doubled from `minMs` up to `maxMs`, with jitter. */
export interface BackOff {
  readonly minMs: number
  readonly maxMs: number
  readonly random?: () => number
}

/** How attempts follow each other, and what ends them all. */
export interface Schedule {
  readonly backOff: BackOff
  readonly signal: AbortSignal
  readonly clock?: Clock | undefined
}

// The time that an attempt takes counts: one that hangs until its limit is followed by the next without a wait.
const paceOf = ({ minMs, maxMs, random }: BackOff): Pace => sinceBeginning(exponential(minMs, maxMs, random))

/** Opens a connection for the first time, within `limitMs` for all attempts together. Resolves with the result of the last attempt. */
export function openWithin(limitMs: number, open: OpenConnection, schedule: Schedule): Promise<OpenResult> {
  const { backOff, signal, clock = MONOTONIC } = schedule
  const deadline = clock.now() + limitMs
  return poll(
    () => open(deadline - clock.now(), signal),
    (result) => 'connection' in result || result.retry !== 'always',
    { pace: paceOf(backOff), limitMs, signal, clock },
  )
}

/**
 * Opens a connection that was lost, without a limit, unless it is refused for good. Each attempt gives the URL `answerLimitMs`
 * to answer; `onFailed` is called after each one that is followed by another.
 */
export function reopen(
  answerLimitMs: number,
  open: OpenConnection,
  onFailed: (reason: string) => void,
  { backOff, signal, clock = MONOTONIC }: Schedule,
): Promise<OpenResult> {
  const isFinal = (result: OpenResult): boolean => {
    if ('connection' in result || result.retry === 'never') return true
    onFailed(result.failed.message)
    return false
  }
  return poll(() => open(answerLimitMs, signal), isFinal, { pace: paceOf(backOff), signal, clock })
}

const PROBING: BackOff = { minMs: 100, maxMs: 2_000 }

/**
 * Probes a URL until it answers, at most for `limitMs`: a new name can take seconds until it is known everywhere.
 * Resolves with the last result.
 */
export function probeUntilAnswered(
  probe: Probe,
  url: string,
  limitMs: number,
  { signal, clock = MONOTONIC, random }: Omit<Schedule, 'backOff'> & Pick<BackOff, 'random'>,
): Promise<ProbeResult> {
  const pace = exponential(PROBING.minMs, PROBING.maxMs, random)
  return poll(
    () => probe(url, signal),
    ({ answered }) => answered,
    { pace, limitMs, signal, clock },
  )
}
