// What a response of the platform means when it is not a success.

import { isSuccess } from '../../core/delivery.ts'
import { DevHookError, ERRORS, type ErrorName } from '../../core/errors.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
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
/** A request that came too slowly or too early, and too many of them. */
const BUSY: ReadonlySet<number> = new Set([408, 425, 429])
/** Somebody else changes the same thing at this moment, or has locked it. */
const CHANGING: ReadonlySet<number> = new Set([409, 423])
/** Network Authentication Required: what a hotel or a train answers, whoever is called. */
const SIGN_IN = 511
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
  if (BUSY.has(status) || (status >= 500 && status !== SIGN_IN)) return new DevHookError('apiFailed', tried)
  const instead = insteadOfJson(response)
  if (instead !== null) return new DevHookError('apiNotJson', `${call} answered ${status} ${instead}`)
  if (status === 403 && !isTokenMessage(quote) && !VERIFICATION.test(quote)) return denied(call, tried, scope)
  if (CHANGING.has(status)) return new DevHookError('apiRefused', tried, { remedy: ERRORS.apiFailed.remedy })
  return new DevHookError(kindOf(status, quote), tried)
}

/** What answers in the API's place, in words; `null` when it may be the API. A redirect is never followed: the token stays here. */
function insteadOfJson(response: RawResponse): string | null {
  const { status, headers } = response
  if (isPage(response)) return 'with a web page instead of JSON'
  if (status === SIGN_IN) return 'as this network wants to be signed in to'
  if (status < 300 || status >= 400) return null
  const target = headers['location'] ?? ''
  return URL.canParse(target) ? `with a redirect to ${new URL(target).origin}` : 'with a redirect'
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

/** The object that a call has to answer with. Throws `apiNotJson` for anything else, an empty answer too. */
export function objectIn(call: string, json: unknown): Json {
  if (isRecord(json)) return json
  throw new DevHookError('apiNotJson', `${call} did not answer with an object`)
}

/** The JSON in a text, with exact numbers; `undefined` when there is none. */
export function jsonOf(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    // No JSON: every caller names that in its own error.
    return undefined
  }
}
