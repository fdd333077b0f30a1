// Durations as people write them, and the few waits that everything else is built from.
import { setTimeout as delay } from 'node:timers/promises'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/** `15s`, `200ms`, `2m`, `1.5h` → milliseconds; `null` when it is no duration. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? []
  const scale = unit === undefined ? undefined : UNITS[unit]
  if (amount === undefined || scale === undefined) return null
  return Math.round(Number(amount) * scale)
}

/** Milliseconds as a person reads them: `45ms`, `1.2s`, `2m 5s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}ms`
  const seconds = Math.round(ms / 100) / 10
  if (seconds < 60) return `${seconds}s`
  const whole = Math.round(ms / 1_000)
  return `${Math.floor(whole / 60)}m${whole % 60 ? ` ${whole % 60}s` : ''}`
}

/** Waits; rejects with an `AbortError`, the signal's reason as its cause, when it is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {})
}

/** Waits for whichever comes first: the promise or the limit. A rejection of the promise is a rejection here. */
export async function settledWithin<T>(ms: number, promise: Promise<T>): Promise<{ readonly value: T } | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late')
  })
  return Promise.race([promise.then((value) => ({ value })), late]).finally(() => clearTimeout(timer))
}

/** The promise, settled as it is, or `otherwise` once the limit is over. Cheap: every delivery waits like this. */
export function inTime<T>(final: Promise<T>, ms: number, otherwise: () => T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise()), ms)
    const settled = (): void => {
      clearTimeout(timer)
      resolve(final)
    }
    final.then(settled, settled)
  })
}

/** Exponential back-off with full jitter between half and all of the step: `minMs`, doubled per attempt, up to `maxMs`. */
export function backOff(attempt: number, minMs: number, maxMs: number, random: () => number = Math.random): number {
  const step = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30))
  return Math.round(step * (0.5 + random() / 2))
}
