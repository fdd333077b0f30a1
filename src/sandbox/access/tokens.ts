// The JSON Web Tokens of the sandbox: issuing, checking and expiring them.

import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { asRecord, asText, type Json } from '../../core/json.ts'
import { equalInConstantTime } from '../../core/secrets.ts'
import { MAX_KEPT } from '../bounds.ts'

type GrantType = 'access_token' | 'refresh_token'

/** Whose token it is, and what it allows. */
export interface Caller {
  /** The id of the user: a bot, an agent, an admin or a contact. */
  readonly user: string
  readonly organization: string
  /** In ascending order, such as `guest agent bot admin`. */
  readonly scopes: readonly string[]
}

interface Issued {
  readonly token: string
  /** Milliseconds since the epoch; `null` for a token that does not expire. */
  readonly expiresAt: number | null
}

/** What is wrong with a token, in the words of the platform, which SDKs match. */
type TokenFault = 'invalid token' | 'invalid signature' | 'jwt expired'

export interface TokenIssuer {
  issue(grantType: GrantType, owner: Caller): Issued
  /** Accepts a token that somebody else has issued as the owner's, until it is made to expire. */
  adopt(grantType: GrantType, token: string, owner: Caller): void
  /** Whose a good token is, or what is wrong with it. */
  check(token: string, grantType: GrantType): { readonly caller: Caller } | { readonly fault: TokenFault }
  /** The newest access token of a user; `null` when none was issued. */
  latest(user: string): string | null
  /** Makes every access token so far an expired one, those of one user only if asked; adopted ones too. */
  expire(user?: string): void
}

/** Creates the token issuer. `lifetimeMs` is that of access tokens; `null` when they do not expire. */
export function createTokenIssuer(options: {
  readonly lifetimeMs: number | null
  /** Milliseconds since the epoch. */
  readonly now: () => number
}): TokenIssuer {
  const { lifetimeMs, now } = options
  const key = randomBytes(32)
  // By `jti`: the claims count whole seconds, which is too coarse for a token that lives for half of one.
  const accessTokens = new Map<string, { readonly user: string; readonly expiresAt: number }>()
  const adopted = new Map<string, { readonly grantType: GrantType; readonly caller: Caller; expired: boolean }>()
  const latest = new Map<string, string>()
  const signatureOf = (signed: string): Buffer => createHmac('sha256', key).update(signed).digest()

  function issue(grantType: GrantType, { user, organization, scopes }: Caller): Issued {
    const jti = randomUUID()
    const at = now()
    const expiresAt = grantType === 'access_token' && lifetimeMs !== null ? at + lifetimeMs : null
    if (grantType === 'access_token') keep(jti, user, expiresAt ?? Number.POSITIVE_INFINITY)
    const claims = {
      _id: user,
      organization,
      scope: scopes.join(' '),
      grant_type: grantType,
      iat: Math.floor(at / 1_000),
      jti,
    }
    const expiry = expiresAt === null ? {} : { exp: Math.ceil(expiresAt / 1_000) }
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, ...expiry })}`
    const token = `${signed}.${signatureOf(signed).toString('base64url')}`
    if (grantType === 'access_token') latest.set(user, token)
    return { token, expiresAt }
  }

  function keep(jti: string, user: string, expiresAt: number): void {
    accessTokens.set(jti, { user, expiresAt })
    const oldest = accessTokens.keys().next()
    if (accessTokens.size > MAX_KEPT && !oldest.done) accessTokens.delete(oldest.value)
  }

  function check(token: string, grantType: GrantType): ReturnType<TokenIssuer['check']> {
    const known = adopted.get(token)
    if (known !== undefined) {
      if (known.grantType !== grantType) return { fault: 'invalid token' }
      return known.expired ? { fault: 'jwt expired' } : { caller: known.caller }
    }
    const [head = '', body = '', signature = '', ...more] = token.split('.')
    const claims = decode(body)
    if (claims === null || decode(head) === null || more.length > 0) return { fault: 'invalid token' }
    const given = Buffer.from(signature, 'base64url')
    if (!equalInConstantTime(given, signatureOf(`${head}.${body}`))) return { fault: 'invalid signature' }
    if (claims['grant_type'] !== grantType) return { fault: 'invalid token' }
    const expiresAt = accessTokens.get(asText(claims['jti']) ?? '')?.expiresAt ?? 0
    if (grantType === 'access_token' && expiresAt <= now()) return { fault: 'jwt expired' }
    return { caller: ownerIn(claims) }
  }

  return {
    issue,
    latest: (user) => latest.get(user) ?? null,
    adopt: (grantType, token, caller) => void adopted.set(token, { grantType, caller, expired: false }),
    check,
    expire: (user) => {
      for (const [jti, issued] of accessTokens) {
        if (user === undefined || issued.user === user) accessTokens.set(jti, { ...issued, expiresAt: 0 })
      }
      for (const token of adopted.values()) {
        if (token.grantType === 'access_token' && (user === undefined || token.caller.user === user)) {
          token.expired = true
        }
      }
    },
  }
}

const ownerIn = (claims: Json): Caller => ({
  user: asText(claims['_id']) ?? '',
  organization: asText(claims['organization']) ?? '',
  scopes: (asText(claims['scope']) ?? '').split(' '),
})

/** Whose a token of the platform's is, by its own claims, which nobody here can check; `null` for what is not an access token. */
export function claimedOwner(token: string): Partial<Caller> | null {
  const claims = decode(token.split('.')[1] ?? '')
  const user = asText(claims?.['_id'])
  if (claims === null || user === null || claims['grant_type'] === 'refresh_token') return null
  const organization = asText(claims['organization'])
  const scopes = (asText(claims['scope']) ?? '').split(' ').filter((scope) => scope !== '')
  return { user, ...(organization !== null && { organization }), ...(scopes.length > 0 && { scopes }) }
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
