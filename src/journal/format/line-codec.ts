// One line of the log as bytes: a record with its headers and body, written as JSON and read back.
import { isUtf8 } from 'node:buffer'
import type { Attempt, RawHeaders } from '../../core/delivery.ts'
import { valueIn } from '../../core/json.ts'
import { membersEnd } from './checksum.ts'
import { isLogRecord, type LogRecord, pickLogRecord, REPLY_KEPT } from './record-format.ts'

/** Headers and body: of a delivery, or of the bot's reply. */
export interface Content {
  readonly headers: RawHeaders
  readonly body: Buffer
}

export interface LogLine {
  readonly record: LogRecord
  /** `null` for a settlement, and for an attempt without a reply. */
  readonly content: Content | null
}

/** The part of the bot's reply that is recorded; `null` when there was no reply. */
export function replyContent(attempt: Attempt): Content | null {
  if (attempt.outcome !== 'answered') return null
  const { headers, body } = attempt.reply
  return { headers, body: body.subarray(0, REPLY_KEPT) }
}

// These mark where the record ends and where the body begins. A JSON string cannot contain them, because its quotes are escaped.
const HEADERS = ',"headers":['
const VERBATIM = ',"enc":"json","body":'

/**
 * Encodes the members of a line, in parts. `members` are those of the record, as `writeRecord` writes them: they come first, so that
 * a list need not read the rest. A body that looks like a JSON object is kept verbatim: people can read it, and no time is spent on
 * quoting and unquoting it.
 */
export function encodeMembers(members: string, content: Content | null): readonly (string | Buffer)[] {
  if (content === null) return [members]
  const { headers, body } = content
  const before = `${members},"headers":${JSON.stringify(headers)}`
  if (looksLikeObject(body)) return [before + VERBATIM, body]
  const encoding = isUtf8(body) ? 'utf8' : 'base64'
  return [`${before},"enc":"${encoding}","body":${JSON.stringify(body.toString(encoding))}`]
}

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const LINE_FEED = 0x0a

/** Whether a body can be kept verbatim in a line. It need not be valid JSON, because the end of the line shows where it ends. */
const looksLikeObject = (body: Buffer): boolean =>
  body[0] === OPENING_BRACE && body.at(-1) === CLOSING_BRACE && isPlain(body) && isUtf8(body)

// A line feed would end the line. Zeros are what a power failure leaves behind, so that a good line must have none.
const isPlain = (body: Buffer): boolean => !body.includes(LINE_FEED) && !body.includes(0)

/** Whether lines end with a checksum. Those of the first version do not, so that damage in their bodies goes unnoticed. */
export type LineFormat = 'checked' | 'unchecked'

/** Where the members of the line from `start` to its line feed at `end` end; `null` when the line is damaged. */
function endOfMembers(bytes: Buffer, start: number, end: number, format: LineFormat): number | null {
  if (format === 'checked') return membersEnd(bytes, start, end)
  return bytes[end - 1] === CLOSING_BRACE ? end - 1 : null
}

// Longer than most records, shorter than most lines.
const USUAL_RECORD = 512

/** Reads only the record of the line from `start` to its line feed at `end`; `null` when the line is damaged. */
export function decodeRecord(bytes: Buffer, start: number, end: number, format: LineFormat): LogRecord | null {
  const members = endOfMembers(bytes, start, end, format)
  if (members === null) return null
  let line = bytes.toString('utf8', start, Math.min(members, start + USUAL_RECORD))
  let recordEnd = line.indexOf(HEADERS)
  if (recordEnd === -1) {
    line = bytes.toString('utf8', start, members)
    recordEnd = line.indexOf(HEADERS)
  }
  const record = parse(`${recordEnd === -1 ? line : line.slice(0, recordEnd)}}`)
  if (isLogRecord(record)) return record
  // Its members may be in another order, because somebody edited it.
  return recordEnd === -1 ? pickLogRecord(record) : pickLogRecord(parse(`${bytes.toString('utf8', start, members)}}`))
}

/** Reads a whole line, without its line feed; `null` when it is damaged. */
export function decodeLine(bytes: Buffer, format: LineFormat): LogLine | null {
  const members = endOfMembers(bytes, 0, bytes.length, format)
  if (members === null || !isUtf8(bytes)) return null
  const verbatimAt = bytes.indexOf(VERBATIM)
  const line = bytes.toString('utf8', 0, verbatimAt === -1 ? members : verbatimAt)
  const recordEnd = line.indexOf(HEADERS)
  const first = recordEnd === -1 ? null : parse(`${line.slice(0, recordEnd)}}`)
  const rest = parse(isLogRecord(first) ? `{${line.slice(recordEnd + 1)}}` : `${line}}`)
  const record = isLogRecord(first) ? first : pickLogRecord(rest)
  if (record === null) return null
  const length = keptLength(record)
  if (length === null) return { record, content: null }
  const verbatim = bytes.subarray(verbatimAt + VERBATIM.length, members)
  const body = verbatimAt === -1 ? quotedBody(rest) : plainBody(verbatim)
  const headers = valueIn(rest, 'headers')
  return body?.length === length && areHeaders(headers) ? { record, content: { headers, body } } : null
}

function keptLength(record: LogRecord): number | null {
  if (record.t === 'delivery') return record.bytes
  return record.t === 'attempt' && record.outcome === 'answered' ? Math.min(record.bytes, REPLY_KEPT) : null
}

const plainBody = (body: Buffer): Buffer | null => (isPlain(body) ? body : null)

function quotedBody(fields: unknown): Buffer | null {
  const encoding = valueIn(fields, 'enc')
  const body = valueIn(fields, 'body')
  if ((encoding !== 'utf8' && encoding !== 'base64') || typeof body !== 'string') return null
  return Buffer.from(body, encoding)
}

/** Names and values in turn. */
const areHeaders = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length % 2 === 0 && value.every((each) => typeof each === 'string')

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Damaged: no record is read from `null`.
    return null
  }
}
