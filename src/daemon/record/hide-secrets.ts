// Secrets in what is shown of a delivery: known by the name of their header, JSON member or form field.

import { endOfString } from '../../core/text/json-layout.ts'
import { REDACTED, type Redact } from '../../core/text/redact.ts'

const NAMES = 'token|secret|password|passwd|passphrase|authorization|cookie|api[-_]?key'

const SECRET_NAME = new RegExp(`(?:${NAMES})$`, 'i')
/** Up to the quote in which its value begins. */
const JSON_MEMBER = new RegExp(`(?:${NAMES})"\\s*:\\s*(?=")`, 'gi')
const FORM_FIELD = new RegExp(`(^|[?&])([\\w.%-]{0,100}(?:${NAMES})=)[^&\\s]+`, 'gim')

/** True for a header that carries a secret. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

/** A header's value as it may be shown. */
export const shownHeader = (name: string, value: string, redact: Redact): string =>
  isSecretName(name) ? REDACTED : redact(value)

/** A body, or a query, as it may be shown. */
export const hideSecrets = (text: string, redact: Redact): string =>
  redact(hideMembers(text).replace(FORM_FIELD, `$1$2${REDACTED}`))

/** Also in a text that ends in the middle: of a long reply only the beginning is kept. */
function hideMembers(text: string): string {
  const parts: string[] = []
  let done = 0
  for (const match of text.matchAll(JSON_MEMBER)) {
    const value = match.index + match[0].length
    if (value < done) continue
    parts.push(text.slice(done, value), `"${REDACTED}"`)
    done = endOfString(text, value)
  }
  return [...parts, text.slice(done)].join('')
}
