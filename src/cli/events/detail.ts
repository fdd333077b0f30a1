// One recorded delivery with all that is known of it: for people, and as JSON.

import { isUtf8 } from 'node:buffer'
import type { Reply } from '../../core/delivery.ts'
import { formatDuration } from '../../core/duration.ts'
import { headerPairs } from '../../core/raw-headers.ts'
import type { Redact } from '../../core/redact.ts'

import type { RecordedAttempt, RecordedDelivery } from '../../journal/reader.ts'
import type { Paint } from '../output/colors.ts'
import { eventWords, statusWord } from '../output/event-words.ts'
import { printable, printableLines } from '../output/sanitize.ts'
import { hideSecrets, shownHeader } from './hide-secrets.ts'
import { layOut } from './json-layout.ts'
import { eventJson, fate, localTime } from './row.ts'

/** Everything, without secrets, as lines. */
export function eventDetail(
  { summary, delivery, attempts }: RecordedDelivery,
  paint: Paint,
  redact: Redact,
  now: Date = new Date(),
): string[] {
  const { label } = summary
  const rows: readonly (readonly [string, string | null])[] = [
    ['received', localTime(delivery.receivedAt, now)],
    ['event', label.event],
    ['conversation', label.conversation],
    ['platform id', label.platformId],
    [
      'request',
      `${delivery.method} ${hideSecrets(delivery.search, redact)} (${delivery.body.length} bytes)`.replace('  ', ' '),
    ],
  ]
  return [
    `${paint.bold(delivery.id)}  ${eventWords({ ...label, text: label.text && redact(label.text) }, paint)} ${fate(summary, paint)}`,
    ...rows.flatMap(([name, value]) =>
      value === null ? [] : [`  ${paint.dim(name.padEnd(12))} ${printable(value, 1_000)}`],
    ),
    ...content(delivery, paint, redact),
    ...attempts.flatMap((attempt) => attemptLines(attempt, paint, redact, now)),
  ]
}

function attemptLines({ n, attempt, cut }: RecordedAttempt, paint: Paint, redact: Redact, now: Date): string[] {
  const { startedAt, ms, outcome } = attempt
  const head = `${paint.bold(`attempt ${n}`)}  ${paint.dim(localTime(startedAt, now))}`
  const took = paint.dim(formatDuration(ms))
  if (outcome !== 'answered')
    return ['', `${head}  ${paint.red(outcome)} ${took}  ${printable(redact(attempt.reason), 1_000)}`]
  const { reply } = attempt
  const rest = cut ? [`    ${paint.dim('… (of a reply only the beginning is kept)')}`] : []
  return [
    '',
    `${head}  ${outcome} ${statusWord(reply.status, paint)} ${took}`,
    ...content(reply, paint, redact),
    ...rest,
  ]
}

function content({ headers, body }: Pick<Reply, 'headers' | 'body'>, paint: Paint, redact: Redact): string[] {
  const named = headerPairs(headers).map(
    ([name, value]) => `    ${paint.dim(`${printable(name)}:`)} ${printable(shownHeader(name, value, redact), 4_000)}`,
  )
  if (body.length === 0) return named
  return [...named, '', ...bodyLines(body, redact).map((line) => `    ${line}`)]
}

function bodyLines(body: Buffer, redact: Redact): string[] {
  if (!isUtf8(body)) return ['(binary, as base64)', ...(body.toString('base64').match(/.{1,76}/g) ?? [])]
  const text = body.toString('utf8')
  return printableLines(hideSecrets(layOut(text) ?? text, redact))
}

/** The same as one object. Bodies are text, or base64 where they are none. */
export function eventDetailJson(
  { summary, delivery, attempts }: RecordedDelivery,
  redact: Redact,
): Readonly<Record<string, unknown>> {
  const { method, search } = delivery
  return {
    ...eventJson(summary, redact),
    platformId: summary.label.platformId,
    method,
    search: hideSecrets(search, redact),
    ...contentJson(delivery, redact),
    attempts: attempts.map((recorded) => attemptJson(recorded, redact)),
  }
}

function attemptJson({ n, attempt, cut }: RecordedAttempt, redact: Redact): Readonly<Record<string, unknown>> {
  const { startedAt, ms, outcome } = attempt
  const base = { n, time: new Date(startedAt).toISOString(), outcome, ms }
  if (outcome !== 'answered') return { ...base, status: null, reason: redact(attempt.reason) }
  return { ...base, status: attempt.reply.status, ...contentJson(attempt.reply, redact), cut }
}

function contentJson({ headers, body }: Pick<Reply, 'headers' | 'body'>, redact: Redact) {
  const shown = headerPairs(headers).map(([name, value]) => [name, shownHeader(name, value, redact)])
  const encoding = isUtf8(body) ? 'utf8' : 'base64'
  const text = body.toString(encoding)
  return { headers: shown, encoding, body: encoding === 'utf8' ? hideSecrets(text, redact) : text }
}
