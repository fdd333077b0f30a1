// Why a signature is not right: the likely accidents, tried one after the other until one of them makes it right.
import { createHmac } from 'node:crypto'
import { nextTurn } from '../../core/async.ts'
import { equalInConstantTime } from '../../core/secrets.ts'
import { sign } from '../signature.ts'
import { SIGNATURE_SCHEMES } from '../signature-schemes.ts'
import type { Accident, Guess } from './accident.ts'
import { bodiesLike } from './bodies.ts'
import { readHeader } from './header.ts'
import { secretsLike } from './secrets.ts'

/** What a check of a signature found. */
export interface Diagnosis {
  readonly right: boolean
  /** The value that would be right for this body and secret, in the scheme of the header that is given. */
  readonly expected: string
  /** What explains a wrong one, all of it together; none for a right one. */
  readonly accidents: readonly Accident[]
  /** False when nothing that was tried makes it right: the accidents are then only the likeliest. */
  readonly certain: boolean
}

/** Above this, in bytes, a changed body is tried with the secret as it is only: all pairs would take too long. */
const LARGE = 64 * 1024

/** Tells whether a signature header fits a body and a secret. */
export const fits = (header: string, body: Buffer, secret: string): boolean =>
  SIGNATURE_SCHEMES.some((scheme) => header.trim() === sign(body, secret, scheme))

/**
 * Tells that a signature header fits a body and a secret, or why not. The secret is taken untrimmed, as a bot would take it. What else
 * the process has to do is not kept waiting by a large body.
 */
export async function diagnose(header: string, body: Buffer, secret: string): Promise<Diagnosis> {
  const given = readHeader(header.trim())
  const scheme = SIGNATURE_SCHEMES.find(({ algorithm }) => given.digest !== null && algorithm === given.algorithm)
  const expected = sign(body, secret, scheme)
  if (header.trim() === expected) return { right: true, expected, accidents: [], certain: true }
  const form = given.accident === null ? [] : [given.accident]
  if (given.digest === null) return { right: false, expected, accidents: form, certain: true }
  const found = await search(given.algorithm, given.digest, body, secretsLike(secret))
  return { right: false, expected, accidents: [...form, ...(found ?? [unknown(body)])], certain: found !== null }
}

async function search(
  algorithm: string,
  digest: Buffer,
  given: Buffer,
  secrets: readonly Guess[],
): Promise<readonly Accident[] | null> {
  for (const body of bodiesLike(given)) {
    const keys = body.accident !== null && given.length > LARGE ? secrets.slice(0, 1) : secrets
    for (const key of keys) {
      if (given.length > LARGE) await nextTurn()
      if (equalInConstantTime(hmac(algorithm, key.bytes, body.bytes), digest))
        return [key.accident, body.accident].filter((accident) => accident !== null)
    }
  }
  return null
}

function unknown(body: Buffer): Accident {
  if (body.length === 0) return { message: 'the body is empty', remedy: 'give the body exactly as it was received' }
  return {
    message: 'it was signed with another secret, or this is not the body that was signed',
    remedy:
      'compare SECRET with the secret in the admin page (Settings, your organization, Bots, the bot, tab Webhook), and give the raw bytes of the body',
  }
}

const hmac = (algorithm: string, key: Buffer, body: Buffer): Buffer => createHmac(algorithm, key).update(body).digest()
