// The signature of a delivery: `X-Hub-Signature: sha1=` + hex HMAC-SHA1 over the raw body, key used as it is.
// Source: developers.web1on1.chat/webhooks/verification.

import { createHmac } from 'node:crypto'
import type { RawHeaders } from '../core/delivery.ts'
import { filterHeaders, headerOf } from '../core/raw-headers.ts'
import { equalInConstantTime } from '../core/secrets.ts'

export const SIGNATURE_HEADER = 'x-hub-signature'

/** What a check of a signature found. */
export type SignatureVerdict = 'right' | 'wrong' | 'missing'

/** The header value for a body. */
export function sign(body: Buffer, secret: string): string {
  return `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`
}

/** Checks the header against the body, in constant time. */
export function checkSignature(headers: RawHeaders, body: Buffer, secret: string): SignatureVerdict {
  const given = headerOf(headers, SIGNATURE_HEADER)
  if (given === undefined) return 'missing'
  return equalInConstantTime(given.trim(), sign(body, secret)) ? 'right' : 'wrong'
}

/** The same headers with the signature replaced, or added; everything else stays as it is. */
export function resign(headers: RawHeaders, body: Buffer, secret: string): RawHeaders {
  const kept = filterHeaders(headers, (name) => name !== SIGNATURE_HEADER)
  return [...kept, 'X-Hub-Signature', sign(body, secret)]
}
