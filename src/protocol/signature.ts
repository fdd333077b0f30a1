// The signature of a delivery: the schemes in which the platform signs, and every word that is said about them.
// Source: developers.web1on1.chat/webhooks/verification.

import { createHmac } from 'node:crypto'
import type { RawHeaders } from '../core/delivery.ts'
import { filterHeaders, headerOf } from '../core/http/raw-headers.ts'
import { equalInConstantTime } from '../core/secrets.ts'

/** A header that holds `<algorithm>=` and the hex HMAC of the raw body, keyed with the secret's text as it is. */
export interface SignatureScheme {
  readonly header: string
  readonly algorithm: string
  readonly hexDigits: number
}

/** The scheme that the platform documents. */
const PLATFORM: SignatureScheme = { header: 'X-Hub-Signature', algorithm: 'sha1', hexDigits: 40 }

/**
 * Every scheme that is checked, written, diagnosed and named to people. A further header is a further row, as long as all headers
 * count the same: every one that a delivery has must be right, one is enough, and signing anew keeps the set that came.
 */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [PLATFORM]

const valueIn = (headers: RawHeaders, { header }: SignatureScheme): string | undefined =>
  headerOf(headers, header.toLowerCase())?.trim()

// ── signing and checking ─────────────────────────────────────────────────────────────────────────────────────────

/** What a check of the signatures in a delivery's headers found. */
export type SignatureVerdict = 'right' | 'wrong' | 'missing'

/** The value of a signature header for a body: `sha1=<hex>`. */
export function sign(body: Buffer, secret: string, { algorithm }: SignatureScheme = PLATFORM): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`
}

/** The headers of a signed delivery, by name: one for each scheme. */
export function signatureHeaders(
  body: Buffer,
  secret: string,
  schemes: readonly SignatureScheme[] = SIGNATURE_SCHEMES,
): Readonly<Record<string, string>> {
  return Object.fromEntries(schemes.map((scheme) => [scheme.header, sign(body, secret, scheme)]))
}

/** Checks each signature header that is there against the body, in constant time: all of them have to be right. */
export function checkSignature(headers: RawHeaders, body: Buffer, secret: string): SignatureVerdict {
  let verdict: SignatureVerdict = 'missing'
  for (const scheme of SIGNATURE_SCHEMES) {
    const given = valueIn(headers, scheme)
    if (given === undefined) continue
    if (!equalInConstantTime(given, sign(body, secret, scheme))) return 'wrong'
    verdict = 'right'
  }
  return verdict
}

/** The same headers with the signatures made anew: those that are there, or all of them when none is. */
export function resign(headers: RawHeaders, body: Buffer, secret: string): RawHeaders {
  const given = SIGNATURE_SCHEMES.filter((scheme) => valueIn(headers, scheme) !== undefined)
  const names = new Set(SIGNATURE_SCHEMES.map(({ header }) => header.toLowerCase()))
  const kept = filterHeaders(headers, (name) => !names.has(name))
  const signed = signatureHeaders(body, secret, given.length === 0 ? SIGNATURE_SCHEMES : given)
  return [...kept, ...Object.entries(signed).flat()]
}

// ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

const oneOf = (words: readonly string[]): string => [...new Set(words)].join(' or ')

/** The names of the signature headers, for people: `X-Hub-Signature`. */
export const SIGNATURE_HEADERS = oneOf(SIGNATURE_SCHEMES.map(({ header }) => header))

/** The algorithms, for people: `sha1`. */
export const SIGNATURE_ALGORITHMS = oneOf(SIGNATURE_SCHEMES.map(({ algorithm }) => algorithm))

/** How a header's value begins, for an example on a command line: `sha1=…`. */
export const SIGNATURE_EXAMPLE = `${PLATFORM.algorithm}=…`

/** The form of a header's value, for people: `sha1=<40 hex digits>`. */
export const signatureForm = ({ algorithm, hexDigits }: SignatureScheme): string =>
  `${algorithm}=<${hexDigits} hex digits>`

/** The forms of all schemes, for people. */
export const SIGNATURE_FORMS = oneOf(SIGNATURE_SCHEMES.map(signatureForm))

const HEX = /^[0-9a-f]+$/

/** The scheme whose form a header's value has exactly; `null` when it has none of them. */
export const schemeOfValue = (value: string): SignatureScheme | null =>
  SIGNATURE_SCHEMES.find(
    ({ algorithm, hexDigits }) =>
      value.length === algorithm.length + 1 + hexDigits &&
      value.startsWith(`${algorithm}=`) &&
      HEX.test(value.slice(algorithm.length + 1)),
  ) ?? null

/** Why a delivery is not signed rightly, in one sentence, from its headers alone. */
export function explainVerdict(headers: RawHeaders, verdict: Exclude<SignatureVerdict, 'right'>): string {
  if (verdict === 'missing') return `the delivery has no ${SIGNATURE_HEADERS}`
  for (const scheme of SIGNATURE_SCHEMES) {
    const given = valueIn(headers, scheme)
    if (given !== undefined && schemeOfValue(given) !== scheme)
      return `${scheme.header} is not of the form ${signatureForm(scheme)}`
  }
  return 'the delivery is signed with another secret, or its body was changed on the way'
}
