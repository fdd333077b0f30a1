// One line of the log: how a delivery, an attempt or a settlement is written as JSON, and read back.
import { isUtf8 } from 'node:buffer'
import type { Attempt, Delivery, Label, Outcome, RawHeaders } from '../core/delivery.ts'
import type { Settled } from '../core/ports.ts'

export interface DeliveryHead {
  readonly t: 'delivery'
  /** The number of the line in the whole log. */
  readonly seq: number
  readonly id: string
  readonly receivedAt: number
  /** The length of the body. */
  readonly bytes: number
  readonly key: string | null
  readonly label: Label
  readonly method: string
  readonly search: string
}

export type AttemptHead = {
  readonly t: 'attempt'
  readonly seq: number
  readonly id: string
  readonly n: number
  readonly startedAt: number
  readonly ms: number
} & (
  | { readonly outcome: 'answered'; readonly status: number /** Of the reply as it came. */; readonly bytes: number }
  | { readonly outcome: Exclude<Outcome, 'answered'>; readonly reason: string }
)

interface SettledHead {
  readonly t: 'settled'
  readonly seq: number
  readonly id: string
  readonly settled: Settled
  readonly at: number
  readonly told: number | null
}

/** What a line says, but for headers and body: enough for a list. */
export type Head = DeliveryHead | AttemptHead | SettledHead

/** Headers and body: of the delivery, or of the bot's reply. */
export interface Content {
  readonly headers: RawHeaders
  readonly body: Buffer
}

export interface Line {
  readonly head: Head
  /** `null` for a settlement, and for an attempt without a reply. */
  readonly content: Content | null
}

/** How much of a reply's body is kept, in bytes. */
export const REPLY_KEPT = 64 * 1024
const TEXT_KEPT = 200
const REASON_KEPT = 1_000

/** The head of a delivery; of the label's text only the beginning is kept, the body has it whole. */
export function deliveryHead(seq: number, delivery: Delivery, label: Label, key: string | null): DeliveryHead {
  const { id, receivedAt, body, method, search } = delivery
  const text = label.text?.slice(0, TEXT_KEPT) ?? null
  const kept = text === label.text ? label : { ...label, text }
  return { t: 'delivery', seq, id, receivedAt, bytes: body.length, key, label: kept, method, search }
}

/** The head of an attempt. */
export function attemptHead(seq: number, id: string, n: number, attempt: Attempt): AttemptHead {
  const { startedAt, ms, outcome } = attempt
  if (outcome !== 'answered')
    return { t: 'attempt', seq, id, n, startedAt, ms, outcome, reason: attempt.reason.slice(0, REASON_KEPT) }
  const { status, body } = attempt.reply
  return { t: 'attempt', seq, id, n, startedAt, ms, outcome, status, bytes: body.length }
}

/** The content of an attempt, cut to what is kept. */
export function attemptContent(attempt: Attempt): Content | null {
  if (attempt.outcome !== 'answered') return null
  const { headers, body } = attempt.reply
  return { headers, body: body.subarray(0, REPLY_KEPT) }
}

/**
 * A line as it is written, with its line feed, in parts. The head comes first, so that a list need not read the rest. What
 * looks like a JSON object stands there as it came: people can read it, and nobody spends time on quoting and unquoting it.
 */
export function encodeLine({ head, content }: Line): readonly (string | Buffer)[] {
  if (content === null) return [`${textOf(head)}}\n`]
  const { headers, body } = content
  const before = `${textOf(head)},"headers":${JSON.stringify(headers)},`
  if (looksLikeObject(body)) return [`${before}${VERBATIM}`, body, '}\n']
  const enc = isUtf8(body) ? 'utf8' : 'base64'
  return [`${before}"enc":"${enc}","body":${quote(body.toString(enc))}}\n`]
}

const quote = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text))

/** A head as JSON, but for its closing brace. Two come with every delivery, and `JSON.stringify` takes twice as long for them. */
function textOf(head: Head): string {
  const start = `{"t":"${head.t}","seq":${head.seq},"id":${quote(head.id)},`
  switch (head.t) {
    case 'delivery': {
      const { receivedAt, bytes, key, label, method, search } = head
      const { event, platformId, conversation, text } = label
      const said = `"conversation":${quote(conversation)},"text":${quote(text)}`
      const labelled = `"label":{"event":${quote(event)},"platformId":${quote(platformId)},${said}}`
      const asked = `"method":${quote(method)},"search":${quote(search)}`
      return `${start}"receivedAt":${receivedAt},"bytes":${bytes},"key":${quote(key)},${labelled},${asked}`
    }
    case 'attempt': {
      const { n, startedAt, ms, outcome } = head
      const came =
        outcome === 'answered' ? `"status":${head.status},"bytes":${head.bytes}` : `"reason":${quote(head.reason)}`
      return `${start}"n":${n},"startedAt":${startedAt},"ms":${ms},"outcome":"${outcome}",${came}`
    }
    case 'settled':
      return `${start}"settled":"${head.settled}","at":${head.at},"told":${head.told}`
    default:
      return head satisfies never
  }
}

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const LINE_FEED = 0x0a

/** Cheap, and no more than it says: whether it is JSON does not matter, since its length says where it begins. */
const looksLikeObject = (body: Buffer): boolean =>
  body[0] === OPENING_BRACE && body.at(-1) === CLOSING_BRACE && isPlain(body) && isUtf8(body)

// A line feed would end the line. Zeros are what a power failure leaves, and must not be found in a good line.
const isPlain = (body: Buffer): boolean => !body.includes(LINE_FEED) && !body.includes(0)

// Neither can occur inside a JSON string, where every quote is escaped: where the head ends, and where the body begins.
const HEAD_END = ',"headers":['
const VERBATIM = '"enc":"json","body":'
const HEAD_USUAL = 512

/** The head of the line at `start` (up to its line feed at `end`), without parsing the rest; `null` when it is damaged. */
export function decodeHead(bytes: Buffer, start: number, end: number): Head | null {
  if (bytes[end - 1] !== CLOSING_BRACE) return null
  const usual = bytes.toString('utf8', start, Math.min(end, start + HEAD_USUAL))
  const text = usual.includes(HEAD_END) ? usual : bytes.toString('utf8', start, end)
  const headEnd = text.indexOf(HEAD_END)
  const head = headEnd === -1 ? null : headOf(parse(`${text.slice(0, headEnd)}}`))
  // Without headers, or in another order because somebody edited it.
  return head ?? headOf(parse(bytes.toString('utf8', start, end)))
}

/** A whole line, without its line feed; `null` when it is damaged. */
export function decodeLine(bytes: Buffer): Line | null {
  if (bytes.at(-1) !== CLOSING_BRACE || !isUtf8(bytes)) return null
  const head = decodeHead(bytes, 0, bytes.length)
  if (head === null) return null
  const expected = lengthOf(head)
  const bodyAt = bytes.length - 1 - (expected ?? 0)
  const verbatimAt = bodyAt - VERBATIM.length
  const isVerbatim = expected !== null && verbatimAt > 0 && bytes.toString('latin1', verbatimAt, bodyAt) === VERBATIM
  const fields = parse(isVerbatim ? `${bytes.toString('utf8', 0, verbatimAt - 1)}}` : bytes.toString('utf8'))
  if (fields === null) return null
  if (expected === null) return { head, content: null }
  const content = isVerbatim ? verbatim(fields, bytes.subarray(bodyAt, -1)) : contentOf(fields)
  return content?.body.length === expected ? { head, content } : null
}

function verbatim({ headers }: Fields, body: Buffer): Content | null {
  return areHeaders(headers) && isPlain(body) ? { headers, body } : null
}

function lengthOf(head: Head): number | null {
  if (head.t === 'delivery') return head.bytes
  return head.t === 'attempt' && head.outcome === 'answered' ? Math.min(head.bytes, REPLY_KEPT) : null
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null ? (value as Fields) : null

function parse(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    // Damaged: the caller is told by the `null`.
    return null
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value)
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value)

const SETTLED: readonly Settled[] = ['delivered', 'acknowledged', 'interrupted', 'returned', 'rejected']
const UNANSWERED: readonly Exclude<Outcome, 'answered'>[] = ['refused', 'interrupted', 'timed-out', 'cancelled']

function headOf(fields: Fields | null): Head | null {
  if (fields === null) return null
  const { t, seq, id } = fields
  if (!isNumber(seq) || !isText(id)) return null
  if (t === 'delivery') return deliveryOf(fields, seq, id)
  if (t === 'attempt') return attemptOf(fields, seq, id)
  return t === 'settled' ? settledOf(fields, seq, id) : null
}

function deliveryOf(fields: Fields, seq: number, id: string): Head | null {
  const { receivedAt, bytes, key, label, method, search } = fields
  const { event, platformId, conversation, text } = fieldsOf(label) ?? {}
  if (!isNumber(receivedAt) || !isNumber(bytes) || !isTextOrNull(key) || !isText(method) || !isText(search)) return null
  if (!isTextOrNull(event) || !isTextOrNull(platformId) || !isTextOrNull(conversation) || !isTextOrNull(text))
    return null
  const read = { event, platformId, conversation, text }
  return { t: 'delivery', seq, id, receivedAt, bytes, key, label: read, method, search }
}

function attemptOf(fields: Fields, seq: number, id: string): Head | null {
  const { n, startedAt, ms, outcome, status, bytes, reason } = fields
  if (!isNumber(n) || !isNumber(startedAt) || !isNumber(ms)) return null
  if (outcome === 'answered' && isNumber(status) && isNumber(bytes))
    return { t: 'attempt', seq, id, n, startedAt, ms, outcome, status, bytes }
  const unanswered = UNANSWERED.find((known) => known === outcome)
  if (unanswered === undefined || !isText(reason)) return null
  return { t: 'attempt', seq, id, n, startedAt, ms, outcome: unanswered, reason }
}

function settledOf(fields: Fields, seq: number, id: string): Head | null {
  const { settled: wanted, at, told } = fields
  const settled = SETTLED.find((known) => known === wanted)
  if (settled === undefined || !isNumber(at) || !isNumberOrNull(told)) return null
  return { t: 'settled', seq, id, settled, at, told }
}

const areHeaders = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)

function contentOf({ headers, enc, body }: Fields): Content | null {
  if (!areHeaders(headers)) return null
  // Not where it was written: somebody put the line into another order.
  if (enc === 'json') return { headers, body: Buffer.from(JSON.stringify(body)) }
  if ((enc !== 'utf8' && enc !== 'base64') || !isText(body)) return null
  return { headers, body: Buffer.from(body, enc) }
}
