// Opening a line again and again, with a growing wait in between, until it serves or there is no point.
import { backOff, sleep } from '../core/time.ts'
import type { Opened, OpenLine } from './connection.ts'
import type { Probe, ProbeResult } from './probe.ts'

/** How long to wait between attempts, in milliseconds from the beginning of one to that of the next. */
export interface Pace {
  readonly minMs: number
  readonly maxMs: number
  readonly random: () => number
}

/** How a line is opened for the first time: with a limit for all attempts together. */
export async function openWithin(limitMs: number, open: OpenLine, pace: Pace, signal: AbortSignal): Promise<Opened> {
  const deadline = performance.now() + limitMs
  for (let attempt = 0; ; attempt += 1) {
    const next = performance.now() + backOff(attempt, pace.minMs, pace.maxMs, pace.random)
    const opened = await open(deadline - performance.now(), signal)
    if ('line' in opened || opened.retry !== 'yes') return opened
    if (Math.max(next, performance.now()) >= deadline) return opened
    await sleepUntil(next, signal)
  }
}

/** How a line that was lost is opened again: without a limit, unless it is refused for good. */
export async function openAgain(
  patienceMs: number,
  open: OpenLine,
  pace: Pace,
  onFailed: (reason: string) => void,
  signal: AbortSignal,
): Promise<Opened> {
  for (let attempt = 0; ; attempt += 1) {
    // The time that an attempt takes counts: one that hangs until its limit is followed by the next without a wait.
    const next = performance.now() + backOff(attempt, pace.minMs, pace.maxMs, pace.random)
    const opened = await open(patienceMs, signal)
    if ('line' in opened || opened.retry === 'no') return opened
    onFailed(opened.failed.message)
    await sleepUntil(next, signal)
  }
}

/** Probes until the URL answers, at most for `limitMs`: a new name can take seconds until it is known everywhere. */
export async function untilAnswered(
  probe: Probe,
  url: string,
  limitMs: number,
  random: () => number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const deadline = performance.now() + limitMs
  for (let attempt = 0; ; attempt += 1) {
    const result = await probe(url, signal)
    const next = performance.now() + backOff(attempt, 100, 2_000, random)
    if (result.answered || next >= deadline) return result
    await sleepUntil(next, signal)
  }
}

const sleepUntil = (at: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(0, at - performance.now()), signal)
