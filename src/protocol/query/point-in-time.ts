// A point in time as people give it: so long ago, a time of day, a day, or a date and time.
import { parseDuration } from '../../core/text/duration.ts'

/** The forms, for help and errors. */
export const TIMES = '10m or 2d (ago), 12:04, today, yesterday, 2026-11-25, or a date and time'

const DAYS = /^(\d{1,5})d$/
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/i

/**
 * Reads one, in milliseconds since the epoch; `null` for anything else. `2d` is 48 hours ago; a day begins at its midnight here;
 * `12:04` is the last time that a clock showed it.
 */
export function readTime(text: string, now: number): number | null {
  const ago = parseDuration(text)
  if (ago !== null) return now - ago
  const [, days] = DAYS.exec(text) ?? []
  if (days !== undefined) return now - Number(days) * DAY_MS
  if (text === 'today' || text === 'yesterday') return midnight(now, text === 'today' ? 0 : 1)
  const clock = CLOCK.exec(text)
  if (clock !== null)
    return lastTime(
      clock.slice(1).map((part) => Number(part ?? 0)),
      now,
    )
  const date = DATE.exec(text)
  if (date !== null) return dayOf(date.slice(1).map(Number))
  const time = DATE_AND_TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}

const DAY_MS = 24 * 60 * 60_000

function midnight(now: number, daysBefore: number): number {
  const day = new Date(now)
  day.setHours(0, 0, 0, 0)
  day.setDate(day.getDate() - daysBefore)
  return day.getTime()
}

function lastTime([hours = 0, minutes = 0, seconds = 0]: readonly number[], now: number): number | null {
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const day = new Date(now)
  day.setHours(hours, minutes, seconds, 0)
  if (day.getTime() > now) day.setDate(day.getDate() - 1)
  return day.getTime()
}

/** Its midnight here, where `Date.parse` takes that of Greenwich; `null` for a day that no calendar has. */
function dayOf([year = 0, month = 0, date = 0]: readonly number[]): number | null {
  const day = new Date(year, month - 1, date)
  return day.getMonth() === month - 1 && day.getDate() === date ? day.getTime() : null
}
