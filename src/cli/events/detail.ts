// One recorded delivery with all that is known of it: for people, and as JSON.

import { isUtf8 } from 'node:buffer'
import type { Reply } from '../../core/delivery.ts'
import { headerPairs } from '../../core/http/raw-headers.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { layOut } from '../../core/text/json-layout.ts'
import type { Redact } from '../../core/text/redact.ts'
import { sanitize, sanitizeLines } from '../../core/text/sanitize.ts'
import { deliveryDetail, redactLabel } from '../../daemon/record/delivery-json.ts'
import { hideSecrets, shownHeader } from '../../daemon/record/hide-secrets.ts'
import type { AttemptDetail, DeliveryDetail } from '../../journal/reader.ts'
import type { Colors } from '../output/colors.ts'
import { eventWords, statusWord } from '../screen/event-words.ts'
import { fate, localTime } from './row.ts'

/** A delivery with all that is known of it as lines, without secrets. */
export function eventDetail(
  { summary, delivery, attempts }: DeliveryDetail,
  colors: Colors,
  redact: Redact,
  now: Date = new Date(),
): string[] {
  const { label } = summary
  const rows: readonly (readonly [string, string | null])[] = [
    ['received', localTime(delivery.receivedAt, now)],
    ['event', label.event],
    ['conversation', label.conversation],
    ['edited from', summary.editOf],
    ['platform id', label.platformId],
    [
      'request',
      `${delivery.method} ${hideSecrets(delivery.search, redact)} (${delivery.body.length} bytes)`.replace('  ', ' '),
    ],
  ]
  return [
    `${colors.bold(delivery.id)}  ${eventWords(redactLabel(label, redact), colors)} ${fate(summary, colors)}`,
    ...rows.flatMap(([name, value]) =>
      value === null ? [] : [`  ${colors.dim(name.padEnd(12))} ${sanitize(value, 1_000)}`],
    ),
    ...content(delivery, colors, redact),
    ...attempts.flatMap((attempt) => attemptLines(attempt, colors, redact, now)),
  ]
}

function attemptLines({ n, attempt, cut }: AttemptDetail, colors: Colors, redact: Redact, now: Date): string[] {
  const { startedAt, ms, outcome } = attempt
  const head = `${colors.bold(`attempt ${n}`)}  ${colors.dim(localTime(startedAt, now))}${attempt.replay === true ? colors.cyan(' replay') : ''}`
  const took = colors.dim(formatDuration(ms))
  if (outcome !== 'answered')
    return ['', `${head}  ${colors.red(outcome)} ${took}  ${sanitize(redact(attempt.reason), 1_000)}`]
  const { reply } = attempt
  const rest = cut ? [`    ${colors.dim('… (of a reply only the beginning is kept)')}`] : []
  return [
    '',
    `${head}  ${outcome} ${statusWord(reply.status, colors)} ${took}`,
    ...content(reply, colors, redact),
    ...rest,
  ]
}

function content({ headers, body }: Pick<Reply, 'headers' | 'body'>, colors: Colors, redact: Redact): string[] {
  const named = headerPairs(headers).map(
    ([name, value]) => `    ${colors.dim(`${sanitize(name)}:`)} ${sanitize(shownHeader(name, value, redact), 4_000)}`,
  )
  if (body.length === 0) return named
  return [...named, '', ...bodyLines(body, redact).map((line) => `    ${line}`)]
}

function bodyLines(body: Buffer, redact: Redact): string[] {
  if (!isUtf8(body)) return ['(binary, as base64)', ...(body.toString('base64').match(/.{1,76}/g) ?? [])]
  const text = body.toString('utf8')
  return sanitizeLines(hideSecrets(layOut(text) ?? text, redact))
}

/** A delivery with all that is known of it as one object, without secrets. Bodies are text as it is, or base64 where they are not UTF-8. */
export const eventDetailJson = (detail: DeliveryDetail, redact: Redact): Readonly<Record<string, unknown>> => ({
  type: 'delivery',
  ...deliveryDetail(detail, redact),
})
