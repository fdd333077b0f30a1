// A bot's record as it may be shown in a report: its shape whole, its secrets taken out.
import { isRecord } from '../core/json.ts'
import { REDACTED, type Redact } from '../core/text/redact.ts'

const SECRET = /secret|token|passw|credential|authorization|api[-_]?key|private[-_]?key|otp/i

/** A bot's record without secrets, credentials in URLs, values of queries, and the names in e-mail addresses. */
export function redactRecord(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redactText(value, redact)
  if (Array.isArray(value)) return value.map((item) => redactRecord(item, redact))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET.test(key) ? blankOut(item) : redactRecord(item, redact)]),
  )
}

/** The value without its content: only whether it is there, and its keys, can still be seen. */
function blankOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blankOut)
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blankOut(item)]))
  }
  return value === null || typeof value === 'boolean' || value === '' ? value : REDACTED
}

/** All of a run that may be the name in an e-mail address, and the `@` after it if it is. */
const NAME = /[\w.+-]+(@(?=[\w-]+\.[\w.-]))?/g

function redactText(text: string, redact: Redact): string {
  return redact(text)
    .replace(/([?&][^?=&#\s]+=)[^&#\s]+/g, `$1${REDACTED}`)
    .replace(NAME, (name: string, at?: string) => (at === undefined ? name : REDACTED + at))
}
