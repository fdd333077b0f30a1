// One recorded delivery with all that is known of it: for people, and as JSON.

import { formatDuration } from '../../core/text/duration.ts'
import { layOut } from '../../core/text/json-layout.ts'
import type { Redact } from '../../core/text/redact.ts'
import { sanitize, sanitizeLines } from '../../core/text/sanitize.ts'
import { deliveryDetail } from '../../daemon/record/delivery-json.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import type { Colors } from '../output/colors.ts'
import { eventWords, statusWord } from '../screen/event-words.ts'
import { fate, localTime } from './row.ts'

/** A delivery with all that is known of it, in clean text without secrets. */
export type ShownDelivery = Omit<OutputOf<'delivery'>, 'signature'>

/** How the lines of a delivery are made for people. */
export interface DetailStyle {
  readonly colors: Colors
  readonly now: Date
  /** Lays a body out. */
  readonly body: (content: Pick<ShownDelivery, 'encoding' | 'body'>) => readonly string[]
  /** Rows of the head that only some know of. */
  readonly more?: readonly HeadRow[]
}

type HeadRow = readonly [name: string, value: string | null]

/** A delivery with all that is known of it as lines, without secrets. */
export const eventDetail = (
  detail: DeliveryDetail,
  colors: Colors,
  redact: Redact,
  now: Date = new Date(),
): readonly string[] => deliveryLines(deliveryDetail(detail, redact), { colors, now, body: everyLine })

/** The same of a delivery that somebody else has read. */
export function deliveryLines(shown: ShownDelivery, style: DetailStyle): readonly string[] {
  const { colors, now, more = [] } = style
  const rows: readonly HeadRow[] = [
    ['received', localTime(Date.parse(shown.time), now)],
    ['event', shown.event],
    ['conversation', shown.conversation],
    ['edited from', shown.editOf],
    ['platform id', shown.platformId],
    ['request', `${shown.method} ${shown.search} (${shown.bytes} bytes)`.replace('  ', ' ')],
    ...more,
  ]
  return [
    `${colors.bold(shown.id)}  ${eventWords(shown, colors)} ${fate(shown, colors)}`,
    ...rows.flatMap(([name, value]) =>
      value === null ? [] : [`  ${colors.dim(name.padEnd(12))} ${sanitize(value, 1_000)}`],
    ),
    ...contentLines(shown, style),
    ...shown.attempts.flatMap((attempt) => attemptLines(attempt, style)),
  ]
}

function attemptLines(attempt: ShownDelivery['attempts'][number], style: DetailStyle): readonly string[] {
  const { colors, now } = style
  const { n, time, replay, outcome, ms, status, reason = '', cut } = attempt
  const head = `${colors.bold(`attempt ${n}`)}  ${colors.dim(localTime(Date.parse(time), now))}${replay ? colors.cyan(' replay') : ''}`
  const took = colors.dim(formatDuration(ms))
  if (status === null) return ['', `${head}  ${colors.red(outcome)} ${took}  ${sanitize(reason, 1_000)}`]
  const rest = cut === true ? [`    ${colors.dim('… (only the beginning of the answer is kept)')}`] : []
  return ['', `${head}  ${outcome} ${statusWord(status, colors)} ${took}`, ...contentLines(attempt, style), ...rest]
}

/** Headers and body of a request or a reply. */
type Content = Partial<Pick<ShownDelivery, 'headers' | 'encoding' | 'body'>>

function contentLines(
  { headers = [], encoding = 'utf8', body = '' }: Content,
  { colors, body: linesOf }: DetailStyle,
): readonly string[] {
  const named = headers.map(([name, value]) => `    ${colors.dim(`${sanitize(name)}:`)} ${sanitize(value, 4_000)}`)
  if (body === '') return named
  return [...named, '', ...linesOf({ encoding, body }).map((line) => `    ${line}`)]
}

/** All lines of a body; JSON has one for each of its values. */
const everyLine: DetailStyle['body'] = ({ encoding, body }) =>
  encoding === 'base64'
    ? ['(binary, as base64)', ...(body.match(/.{1,76}/g) ?? [])]
    : sanitizeLines(layOut(body) ?? body)

/** A delivery with all that is known of it as one object, without secrets. Bodies are text as it is, or base64 where they are not UTF-8. */
export const eventDetailJson = (detail: DeliveryDetail, redact: Redact): Readonly<Record<string, unknown>> => ({
  type: 'delivery',
  ...deliveryDetail(detail, redact),
})
