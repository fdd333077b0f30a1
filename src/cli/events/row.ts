// A recorded delivery as one row of a list: for people, and as JSON.

import type { Summary } from '../../core/delivery.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Redact } from '../../core/text/redact.ts'

import { deliveryRow } from '../../daemon/record/delivery-json.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'

import type { Colors } from '../output/colors.ts'

import { eventWords, LEAST_WORDS, type Spoken, shortId, statusWord } from '../screen/event-words.ts'
import { columnsLeft } from '../screen/text-width.ts'

/** How a row is made for people. */
export interface RowStyle {
  readonly colors: Colors
  readonly redact: Redact
  /** How many columns it may take. */
  readonly columns: number
  readonly now?: Date | undefined
}

/** A delivery as a row of a list, in clean text without secrets. */
export type DeliveryRow = OutputOf<'deliveries'>['deliveries'][number]

/** `12:04:31 3fa9c2 message.create.contact.chat Jenny "hi there" 200 45ms`; older ones with their day. */
export function eventRow(summary: Summary, { redact, ...style }: RowStyle): string {
  const { event, text, from, own } = summary.label
  // The line cleans what it shows.
  const said = { event: event && redact(event), text: text && redact(text), from: from && redact(from), own }
  return lineOf(summary.receivedAt, summary, said, style)
}

/** The same of a row that somebody else has made. */
export const deliveryLine = (row: DeliveryRow, style: Omit<RowStyle, 'redact'>): string =>
  lineOf(Date.parse(row.time), row, row, style)

/** What a line shows of what became of a delivery. */
type Recorded = Pick<DeliveryRow, 'id' | 'attempts' | 'replays' | 'editOf'> & Fate

/** `at` is when it came, in ms since the epoch; `said` is clean text. */
function lineOf(at: number, row: Recorded, said: Spoken, style: Omit<RowStyle, 'redact'>): string {
  const { colors, columns, now = new Date() } = style
  const head = `${colors.dim(localTime(at, now))} ${shortId(row.id)}`
  const result = fate(row, colors)
  const again = notesOf(row, colors)
  const room = columnsLeft(columnsLeft(columns, head), result) - 2
  const isNoted = columnsLeft(room, again) >= LEAST_WORDS
  const words = eventWords(said, colors, isNoted ? columnsLeft(room, again) : room)
  const end = isNoted ? `${result}${again}` : result
  return (words === '' ? [head, end] : [head, words, end]).join(' ')
}

function notesOf({ attempts, replays, editOf }: Recorded, { dim }: Colors): string {
  if (editOf === null && attempts <= 1 && replays === 0) return ''
  const notes = [
    ...(editOf === null ? [] : [`edited copy of ${shortId(editOf)}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(replays > 0 && editOf === null ? ['replayed'] : []),
  ]
  return dim(` (${notes.join(', ')})`)
}

/** The local time of day; with its date unless it is today's. */
export function localTime(at: number, now: Date): string {
  const date = new Date(at)
  const clock = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`
  if (now.getTime() - at < DAY_MS && date.getDate() === now.getDate()) return clock
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${clock}`
}

const DAY_MS = 24 * 60 * 60_000

const twoDigits = (number: number): string => (number < 10 ? `0${number}` : String(number))

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
