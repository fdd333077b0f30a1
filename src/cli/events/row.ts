// A recorded delivery as one row of a list: for people, and as JSON.

import type { Summary } from '../../core/delivery.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Redact } from '../../core/text/redact.ts'

import { deliveryRow } from '../../daemon/record/delivery-json.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'

import type { Colors } from '../output/colors.ts'

import { eventWords, LEAST_WORDS, shortId, statusWord } from '../screen/event-words.ts'
import { widthOf } from '../screen/text-width.ts'

/** How a row is made for people. */
export interface RowStyle {
  readonly colors: Colors
  readonly redact: Redact
  /** How many columns it may take. */
  readonly columns: number
  readonly now?: Date
}

/** A delivery as a row of a list, in clean text without secrets. */
export type DeliveryRow = OutputOf<'deliveries'>['deliveries'][number]

/** `12:04:31 3fa9c2 message.create.contact.chat Jenny "hi there" 200 45ms`; older ones with their day. */
export const eventRow = (summary: Summary, style: RowStyle): string =>
  deliveryLine(deliveryRow(summary, style.redact), style)

/** The same of a row that somebody else has made. */
export function deliveryLine(
  row: DeliveryRow,
  { colors, columns, now = new Date() }: Omit<RowStyle, 'redact'>,
): string {
  const { id, time, attempts, replays, editOf } = row
  const notes = [
    ...(editOf === null ? [] : [`edited copy of ${shortId(editOf)}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(replays > 0 && editOf === null ? ['replayed'] : []),
  ]
  const again = notes.length === 0 ? '' : colors.dim(` (${notes.join(', ')})`)
  const head = `${colors.dim(localTime(Date.parse(time), now))} ${shortId(id)}`
  const result = fate(row, colors)
  const room = columns - widthOf(head) - widthOf(result) - 2
  const end = room - widthOf(again) < LEAST_WORDS ? result : `${result}${again}`
  const words = eventWords(row, colors, room - widthOf(end) + widthOf(result))
  return [head, words, end].filter((part) => part !== '').join(' ')
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

type Fate = Pick<DeliveryRow, 'settled' | 'outcome' | 'status' | 'ms' | 'ownStatus'>

/** What became of it, in a word or two. */
export function fate({ settled, outcome, status, ms, ownStatus }: Fate, colors: Colors): string {
  if (settled === 'rejected') return colors.red(`rejected ${ownStatus ?? ''}`.trimEnd())
  const took = ms === null ? '' : ` ${colors.dim(formatDuration(ms))}`
  if (status !== null) return statusWord(status, colors) + took
  if (settled === 'acknowledged') return colors.yellow('undelivered')
  if (settled === 'returned') return colors.yellow(`returned ${ownStatus ?? ''}`.trimEnd())
  if (settled === 'passed') return colors.dim(`passed ${ownStatus ?? ''}`.trimEnd())
  if (settled === 'ignored') return colors.dim('ignored')
  if (outcome !== null) return colors.red(outcome) + took
  return colors.dim('…')
}

/** The row of a delivery as an object, for a line of JSON. */
export const eventJson = (summary: Summary, redact: Redact): Readonly<Record<string, unknown>> => ({
  type: 'delivery',
  ...deliveryRow(summary, redact),
})
