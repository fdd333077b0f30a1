// The signature of a delivery: signing, checking, and why it is not right.

import { createHmac } from 'node:crypto'
import type { RawHeaders } from '../core/delivery.ts'
import { filterHeaders, headerOf } from '../core/http/raw-headers.ts'
import { equalInConstantTime } from '../core/secrets.ts'
import {
  PLATFORM,
  SIGNATURE_HEADERS,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  schemeOfValue,
  signatureForm,
} from './signature-schemes.ts'

const valueIn = (headers: RawHeaders, { header }: SignatureScheme): string | undefined =>
  headerOf(headers, header.toLowerCase())?.trim()

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

/** The same headers with new signatures: for those that are there, or all of them when none is. */
export function resign(headers: RawHeaders, body: Buffer, secret: string): RawHeaders {
  const given = SIGNATURE_SCHEMES.filter((scheme) => valueIn(headers, scheme) !== undefined)
  const names = new Set(SIGNATURE_SCHEMES.map(({ header }) => header.toLowerCase()))
  const kept = filterHeaders(headers, (name) => !names.has(name))
  const signed = signatureHeaders(body, secret, given.length === 0 ? SIGNATURE_SCHEMES : given)
  return [...kept, ...Object.entries(signed).flat()]
}

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
