// The access token for the next call: refreshed before it expires, once for everybody who waits.
import { monotonic, rejectOnAbort } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { textIn } from '../../core/json.ts'
import { botEmail } from '../../protocol/resources.ts'
import { isTransient } from './api-errors.ts'
import { type Claims, readToken } from './token.ts'

/** An access token, and the refresh token that the next one is asked for with. */
export interface TokenPair {
  readonly token: string
  readonly refreshToken: string | null
}

/** The tokens a client starts with. */
export interface TokenOptions {
  readonly token: string
  readonly refreshToken?: string | null
  /** The bot's e-mail, which a refresh is asked for; `bot+<id>@web1on1.chat` by default. */
  readonly email?: string | null
  /** Called with the tokens that replace the ones before. */
  readonly onTokens?: (tokens: TokenPair) => void
}

export interface TokenSource {
  /**
   * The token for a call: a fresh one, if that is due and can be had. One that seems to have expired is the platform's to refuse, as the
   * clock of this machine may be wrong. Rejects with the signal's reason only.
   */
  current(signal: AbortSignal): Promise<string>
  /**
   * Another token after the platform refused this one; `null` without a refresh token. Throws `credentialsRefused`, without one too if
   * the token had expired by `at`, the platform's time.
   */
  renew(refused: string, at: number, signal: AbortSignal): Promise<string | null>
  claims(): Claims
  /** Whether the token had expired by `at`, in ms since the epoch. */
  hasExpired(at: number): boolean
}

/** Asks the platform for a new token; resolves with the JSON of its answer. */
export type AskForToken = (body: { readonly clientId: string; readonly refreshToken: string }) => Promise<unknown>

/** Refreshed this long before the end. */
const EARLY_MS = 5 * 60_000
// A clock that runs ahead makes every new token look expired, and a busy platform answers no sooner when asked again.
const BETWEEN_MS = 60_000

export interface TokenClocks {
  /** The time that the expiry of a token is compared with, ms since the epoch. */
  readonly now?: () => number
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsed?: () => number
}

/** Creates a token source. Throws `tokenMalformed` or `tokenKind`. */
export function createTokenSource(options: TokenOptions, ask: AskForToken, clocks: TokenClocks = {}): TokenSource {
  const { now = Date.now, elapsed = monotonic } = clocks
  const { onTokens = () => {} } = options
  let token = options.token.trim()
  let refreshToken = options.refreshToken ?? null
  let claims = readToken(token)
  let refusal: DevHookError | null = null
  let refreshAfter = Number.NEGATIVE_INFINITY
  let refreshing: Promise<void> | null = null

  const hasExpired = (at: number): boolean => claims.expiresAt !== null && claims.expiresAt <= at

  async function askOnce(oldRefreshToken: string): Promise<void> {
    refreshAfter = elapsed() + BETWEEN_MS
    const clientId = options.email ?? (claims.id === null ? null : botEmail(claims.id))
    if (clientId === null) throw refused("the token names no bot, so its refresh needs the bot's e-mail in EMAIL")
    const answer = await ask({ clientId, refreshToken: oldRefreshToken })
    const fresh = textIn(answer, 'token')
    if (fresh === null) throw refused('the platform answered the refresh without a token')
    claims = readToken(fresh)
    token = fresh
    refreshToken = textIn(answer, 'refreshToken') ?? refreshToken
    onTokens({ token, refreshToken })
  }

  async function refreshWith(oldRefreshToken: string): Promise<void> {
    try {
      await askOnce(oldRefreshToken)
    } catch (error) {
      if (isTransient(error)) throw error
      // Final: a refresh that was refused once would be refused every time.
      refusal = refusedBy(error)
      throw refusal
    }
  }

  function refresh(oldRefreshToken: string, signal: AbortSignal): Promise<void> {
    refreshing ??= refreshWith(oldRefreshToken).finally(() => {
      refreshing = null
    })
    return rejectOnAbort(refreshing, signal)
  }

  return {
    claims: () => claims,
    hasExpired,

    current: async (signal) => {
      if (!hasExpired(now() + EARLY_MS) || refreshToken === null || refusal !== null) return token
      if (refreshing === null && elapsed() < refreshAfter) return token
      try {
        await refresh(refreshToken, signal)
      } catch (error) {
        if (signal.aborted) throw error
        // Perhaps still good: what went wrong with the refresh matters only when the platform refuses the token.
      }
      return token
    },

    renew: async (rejected, at, signal) => {
      if (token !== rejected) return token
      if (refusal !== null) throw refusal
      if (refreshToken === null) {
        if (!hasExpired(at)) return null
        throw refused('the access token has expired, and there is no refresh token')
      }
      await refresh(refreshToken, signal)
      return token
    },
  }
}

const refused = (message: string): DevHookError => new DevHookError('credentialsRefused', message)

function refusedBy(cause: unknown): DevHookError {
  const why = cause instanceof DevHookError ? cause.message : 'the answer is not understood'
  return new DevHookError('credentialsRefused', `the token could not be refreshed: ${why}`, { cause })
}
