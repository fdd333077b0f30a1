// What a response of the platform means when it is not a success.

import { isSuccess } from '../../core/delivery.ts'
import { DevHookError, type ErrorName } from '../../core/errors.ts'
import { textIn, valueIn } from '../../core/json.ts'
import type { Redact } from '../../core/text/redact.ts'
import { parseExact } from './exact-json.ts'

/** A response as it came: its body is text, bounded. */
export interface RawResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** When the platform answered, by its own clock where it says so (`Date`): that of this machine, `now`, may be wrong. In ms since the epoch. */
export function timeOf({ headers }: Pick<RawResponse, 'headers'>, now: number): number {
  const given = Date.parse(headers['date'] ?? '')
  return Number.isNaN(given) ? now : given
}

/** How much of the platform's words is quoted, and how much is searched for secrets before it is cut, in characters. */
const MAX_QUOTE = 200
const MAX_MESSAGE = 16_384
const TOKEN = /\b(jwt|token|expired)\b|invalid signature/i
const VERIFICATION = /verif(y|ied|ication)|\bchallenge\b|\bcallback\b/i

/** True for what may be over in a moment: no connection, too busy, failing. */
export const isTransient = (error: unknown): boolean =>
  error instanceof DevHookError && error.is('apiUnreachable', 'apiFailed', 'apiNotJson')

/** True when the platform refused because of the token, whichever of its two status codes it used. */
export function isTokenTrouble(response: RawResponse, expired: boolean): boolean {
  if (response.status === 401) return true
  return response.status === 403 && (expired || isTokenMessage(cut(messageIn(response))))
}

/**
 * The error of a response; `null` for a success. `call` names what was tried: `GET /v2/bots/5b43…`. `redact` takes secrets out
 * of the platform's words.
 */
export function problemOf(
  call: string,
  response: RawResponse,
  scope: readonly string[],
  redact: Redact,
): DevHookError | null {
  const { status } = response
  if (isSuccess(status)) return null
  // Redacted before it is cut: of a secret across the cut, the half would not be recognised.
  const quote = cut(redact(messageIn(response)))
  const tried = `${call} answered ${status}${quote === '' ? '' : `: ${quote}`}`
  if (status === 429 || status === 408 || status >= 500) return new DevHookError('apiFailed', tried)
  if (isPage(response))
    return new DevHookError('apiNotJson', `${call} answered ${status} with a web page instead of JSON`)
  if (status === 403 && !isTokenMessage(quote) && !VERIFICATION.test(quote)) return denied(call, tried, scope)
  return new DevHookError(kindOf(status, quote), tried)
}

function kindOf(status: number, quote: string): ErrorName {
  if (status === 401) return 'credentialsRefused'
  if (status === 403) return isTokenMessage(quote) ? 'credentialsRefused' : 'notVerified'
  return 'apiRefused'
}

function denied(call: string, tried: string, scope: readonly string[]): DevHookError {
  const has = scope.length === 0 ? 'the token names no scope' : `the token's scope is \`${scope.join(' ')}\``
  // Only services are documented to need more than a bot's own token.
  const remedy = call.includes('/v2/services') ? { remedy: 'use a token with the scope `admin`' } : {}
  return new DevHookError('permissionDenied', `${tried} (${has})`, remedy)
}

// "The token could not be verified" is about the token.
const isTokenMessage = (message: string): boolean =>
  TOKEN.test(message) && !/\b(callback|challenge|url)\b/i.test(message)

const isPage = ({ headers, text }: RawResponse): boolean =>
  (headers['content-type'] ?? '').includes('html') || text.trimStart().startsWith('<')

/** The platform's words in an error: `error.message`, `message`, `error`, else its raw text; in one line. */
function messageIn(response: RawResponse): string {
  if (isPage(response)) return ''
  const json = jsonOf(response.text)
  const error = valueIn(json, 'error')
  const message = textIn(error, 'message') ?? textIn(json, 'message') ?? textIn(json, 'error') ?? response.text
  return message
    .slice(0, MAX_MESSAGE)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}

const cut = (line: string): string => (line.length > MAX_QUOTE ? `${line.slice(0, MAX_QUOTE)}…` : line)

/** The JSON in a text, with exact numbers; `undefined` when there is none. */
export function jsonOf(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    // No JSON: every caller names that in its own error.
    return undefined
  }
}
