// A recorded delivery as JSON for other programs: as a row of a list, and with all that is known of it; without secrets.
import { isUtf8 } from 'node:buffer'
import type { Label, Reply, Summary } from '../../core/delivery.ts'
import { headerPairs } from '../../core/http/raw-headers.ts'
import type { Redact } from '../../core/text/redact.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { AttemptDetail, DeliveryDetail } from '../../journal/reader.ts'
import { hideSecrets, shownHeader } from './hide-secrets.ts'

/** What a delivery says about itself, in clean text without secrets. */
export function redactLabel({ event, platformId, conversation, text, from, own }: Label, redact: Redact): Label {
  const clean = (words: string): string => oneLine(redact(words))
  return {
    event: event && clean(event),
    platformId: platformId && clean(platformId),
    conversation: conversation && clean(conversation),
    text: text && clean(text),
    from: from && clean(from),
    own,
  }
}

/** The row of a delivery as an object. */
export function deliveryRow(summary: Summary, redact: Redact) {
  const { id, receivedAt, label, bytes, settled, attempts, replays, editOf, outcome, status, answered, ownStatus, ms } =
    summary
  const { event, platformId, conversation, text, from, own } = redactLabel(label, redact)
  const time = new Date(receivedAt).toISOString()
  return {
    time,
    id,
    platformId,
    event,
    conversation,
    text,
    ...(from !== undefined && { from }),
    ...(own && { own }),
    bytes,
    settled,
    attempts,
    replays,
    editOf,
    outcome,
    status,
    answered,
    ownStatus,
    ms,
  }
}

/** A delivery with all that is known of it as one object. Bodies are text as it is, or base64 where they are not UTF-8. */
export function deliveryDetail({ summary, delivery, attempts }: DeliveryDetail, redact: Redact) {
  const { method, search } = delivery
  return {
    ...deliveryRow(summary, redact),
    method: oneLine(method),
    search: oneLine(hideSecrets(search, redact)),
    ...contentJson(delivery, redact),
    attempts: attempts.map((recorded) => attemptJson(recorded, redact)),
  }
}

function attemptJson({ n, attempt, cut }: AttemptDetail, redact: Redact) {
  const { startedAt, ms, outcome } = attempt
  const base = { n, time: new Date(startedAt).toISOString(), replay: attempt.replay === true, outcome, ms }
  if (outcome !== 'answered') return { ...base, status: null, reason: oneLine(redact(attempt.reason)) }
  return { ...base, status: attempt.reply.status, ...contentJson(attempt.reply, redact), cut }
}

function contentJson({ headers, body }: Pick<Reply, 'headers' | 'body'>, redact: Redact) {
  const shown = headerPairs(headers).map(
    ([name, value]) => [oneLine(name), oneLine(shownHeader(name, value, redact))] as const,
  )
  const encoding: 'utf8' | 'base64' = isUtf8(body) ? 'utf8' : 'base64'
  const text = body.toString(encoding)
  return { headers: shown, encoding, body: encoding === 'utf8' ? hideSecrets(text, redact) : text }
}
