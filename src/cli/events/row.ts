// A recorded delivery as one row of a list: for people, and as JSON.
import { formatDuration } from '../../core/text/duration.ts'
import type { Redact } from '../../core/text/redact.ts'
import { oneLine } from '../../core/text/sanitize.ts'

import type { Summary } from '../../journal/summary.ts'
import type { Colors } from '../output/colors.ts'
import { eventWords, statusWord } from '../output/event-words.ts'

/** `<id>  12:04:31  message.create.contact.chat "hi there" 200 45ms`; older ones with their day. */
export function eventRow(summary: Summary, colors: Colors, redact: Redact, now: Date = new Date()): string {
  const { id, receivedAt, label, attempts } = summary
  const text = label.text === null ? null : redact(label.text)
  const again = attempts > 1 ? colors.dim(` (${attempts} attempts)`) : ''
  const words = eventWords({ event: label.event, text }, colors)
  return `${id}  ${colors.dim(localTime(receivedAt, now))}  ${words} ${fate(summary, colors)}${again}`
}

/** The local time of day; with its date unless it is today's. */
export function localTime(at: number, now: Date): string {
  const date = new Date(at)
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
  if (now.getTime() - at < DAY_MS && date.getDate() === now.getDate()) return clock
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${clock}`
}

const DAY_MS = 24 * 60 * 60_000

const twoDigits = (number: number): string => String(number).padStart(2, '0')

/** What became of it, in a word or two. */
export function fate({ settled, outcome, status, ms, ownStatus }: Summary, colors: Colors): string {
  if (settled === 'rejected') return colors.red(`rejected ${ownStatus ?? ''}`.trimEnd())
  const took = ms === null ? '' : ` ${colors.dim(formatDuration(ms))}`
  if (status !== null) return statusWord(status, colors) + took
  if (settled === 'acknowledged') return colors.yellow('undelivered')
  if (settled === 'returned') return colors.yellow(`returned ${ownStatus ?? ''}`.trimEnd())
  if (outcome !== null) return colors.red(outcome) + took
  return colors.dim('…')
}

/** The row of a delivery as an object, for a line of JSON. */
export function eventJson(summary: Summary, redact: Redact): Readonly<Record<string, unknown>> {
  const { id, receivedAt, label, bytes, settled, attempts, outcome, status, ms } = summary
  const time = new Date(receivedAt).toISOString()
  const clean = (text: string | null): string | null => text && oneLine(redact(text))
  const said = { event: clean(label.event), conversation: clean(label.conversation), text: clean(label.text) }
  return { type: 'delivery', time, id, ...said, bytes, settled, attempts, outcome, status, ms }
}
