// A bot's record as it may be shown in a report: its shape whole, its secrets taken out.
import type { Redact } from '../core/redact.ts'

const SECRET = /secret|token|passw|credential|authorization|api[-_]?key|private[-_]?key|otp/i
const REDACTED = '[redacted]'

/** The record without secrets, credentials in URLs, values of queries, and the names in e-mail addresses. */
export function redactRecord(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redactText(value, redact)
  if (Array.isArray(value)) return value.map((item) => redactRecord(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET.test(key) ? blot(item) : redactRecord(item, redact)]),
  )
}

/** Nothing of it is shown but whether it is there, and its keys. */
function blot(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blot)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blot(item)]))
  }
  return value === null || typeof value === 'boolean' || value === '' ? value : REDACTED
}

function redactText(text: string, redact: Redact): string {
  return redact(text)
    .replace(/([?&][^=&#\s]+=)[^&#\s]+/g, `$1${REDACTED}`)
    .replace(/[\w.+-]+@(?=[\w-]+\.[\w.-]+)/g, (name) => (name.endsWith('[redacted]@') ? name : `${REDACTED}@`))
}
