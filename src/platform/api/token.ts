// The claims of an access token, read without verifying it: only the platform can do that.

import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'

/** The claims of a token; `null` where it makes none. */
export interface Claims {
  /** The bot's id. */
  readonly id: string | null
  readonly organization: string | null
  /** Ascending: `viewer guest agent bot admin`. */
  readonly scope: readonly string[]
  /** Milliseconds since the epoch; `null` for a token that does not expire. */
  readonly expiresAt: number | null
}

/** Reads an access token. Throws `tokenMalformed` when it is not a JWT, `tokenKind` when it is a refresh token. */
export function readToken(text: string): Claims {
  const payload = payloadOf(text)
  if (payload === null) throw new DevHookError('tokenMalformed', 'TOKEN is not a JSON Web Token')
  if (textIn(payload, 'grant_type') === 'refresh_token') {
    throw new DevHookError('tokenKind', 'TOKEN holds a refresh token, not an access token')
  }
  return claimsIn(payload)
}

/** Reads a refresh token. Throws `tokenMalformed` when it is not a JWT, `tokenKind` when it is an access token. */
export function readRefreshToken(text: string): Claims {
  const payload = payloadOf(text)
  if (payload === null) {
    throw new DevHookError('tokenMalformed', 'REFRESH_TOKEN is not a JSON Web Token', {
      remedy:
        "copy the whole refresh token from the bot's details in the Web1on1 admin pages into REFRESH_TOKEN in `.env`",
    })
  }
  if (textIn(payload, 'grant_type') === 'access_token') {
    throw new DevHookError('tokenKind', 'REFRESH_TOKEN holds an access token, not a refresh token')
  }
  return claimsIn(payload)
}

/** Whether a token says that it has expired; false for one that does not expire, or is not a token. */
export function hasExpired(text: string, now: number = Date.now()): boolean {
  const payload = payloadOf(text)
  const expiresAt = payload === null ? null : claimsIn(payload).expiresAt
  return expiresAt !== null && expiresAt <= now
}

function claimsIn(payload: Json): Claims {
  const exp = valueIn(payload, 'exp')
  return {
    id: textIn(payload, '_id'),
    organization: textIn(payload, 'organization'),
    scope: (textIn(payload, 'scope') ?? '').split(/\s+/).filter((word) => word !== ''),
    expiresAt: typeof exp === 'number' && Number.isFinite(exp) ? exp * 1_000 : null,
  }
}

function payloadOf(text: string): Json | null {
  const [header, payload, signature, ...rest] = text.trim().split('.')
  if (!header || !payload || !signature || rest.length > 0) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return isRecord(parsed) ? parsed : null
  } catch {
    // Not JSON: the caller reports that this is not a token, without quoting it.
    return null
  }
}
