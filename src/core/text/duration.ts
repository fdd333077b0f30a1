// Durations as people write and read them.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/** `15s`, `200ms`, `2m`, `1.5h` → milliseconds; `null` when it is not a duration. */
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
