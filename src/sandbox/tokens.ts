// The JSON Web Tokens of the sandbox: issuing, checking and expiring them.

import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { asRecord, asText, type Json } from '../core/json.ts'
import { equalInConstantTime } from '../core/secrets.ts'
import { MAX_KEPT } from './bounds.ts'

type GrantType = 'access_token' | 'refresh_token'

interface Issued {
  readonly token: string
  /** Milliseconds since the epoch; `null` for a token that does not expire. */
  readonly expiresAt: number | null
}

/** What is wrong with a token, in the words of the platform, which SDKs match. */
type TokenFault = 'invalid token' | 'invalid signature' | 'jwt expired'

export interface TokenIssuer {
  issue(grantType: GrantType): Issued
  /** The scopes of a token that is good, or what is wrong with it. */
  check(token: string, grantType: GrantType): { readonly scopes: readonly string[] } | { readonly fault: TokenFault }
  /** Makes every access token that was issued so far an expired one. */
  expire(): void
}

/** Creates the token issuer of one bot. `lifetimeMs` is that of access tokens; `null` when they do not expire. */
export function createTokenIssuer(options: {
  readonly bot: string
  readonly organization: string
  readonly scope: string
  readonly lifetimeMs: number | null
  readonly now?: () => number
}): TokenIssuer {
  const { bot, organization, scope, lifetimeMs, now = Date.now } = options
  const key = randomBytes(32)
  // By `jti`: the claims count whole seconds, which is too coarse for a token that lives for half of one.
  const accessTokens = new Map<string, number>()
  const signatureOf = (signed: string): Buffer => createHmac('sha256', key).update(signed).digest()

  function issue(grantType: GrantType): Issued {
    const jti = randomUUID()
    const at = now()
    const expiresAt = grantType === 'access_token' && lifetimeMs !== null ? at + lifetimeMs : null
    if (grantType === 'access_token') keep(jti, expiresAt ?? Number.POSITIVE_INFINITY)
    const claims = { _id: bot, organization, scope, grant_type: grantType, iat: Math.floor(at / 1_000), jti }
    const expiry = expiresAt === null ? {} : { exp: Math.ceil(expiresAt / 1_000) }
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, ...expiry })}`
    return { token: `${signed}.${signatureOf(signed).toString('base64url')}`, expiresAt }
  }

  function keep(jti: string, expiresAt: number): void {
    accessTokens.set(jti, expiresAt)
    const oldest = accessTokens.keys().next()
    if (accessTokens.size > MAX_KEPT && !oldest.done) accessTokens.delete(oldest.value)
  }

  function check(token: string, grantType: GrantType): ReturnType<TokenIssuer['check']> {
    const [head = '', body = '', signature = '', ...more] = token.split('.')
    const claims = decode(body)
    if (claims === null || decode(head) === null || more.length > 0) return { fault: 'invalid token' }
    const given = Buffer.from(signature, 'base64url')
    if (!equalInConstantTime(given, signatureOf(`${head}.${body}`))) return { fault: 'invalid signature' }
    if (claims['grant_type'] !== grantType) return { fault: 'invalid token' }
    const expiresAt = accessTokens.get(asText(claims['jti']) ?? '') ?? 0
    if (grantType === 'access_token' && expiresAt <= now()) return { fault: 'jwt expired' }
    return { scopes: (asText(claims['scope']) ?? '').split(' ') }
  }

  return {
    issue,
    check,
    expire: () => {
      for (const jti of accessTokens.keys()) accessTokens.set(jti, 0)
    },
  }
}

const encode = (claims: Json): string => Buffer.from(JSON.stringify(claims)).toString('base64url')

function decode(part: string): Json | null {
  try {
    return asRecord(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  } catch {
    // Not a part of a token, which is what the caller wants to know.
    return null
  }
}
