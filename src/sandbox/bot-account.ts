// The bot's account: who it is, and its tokens, which it brings with it or is given.
import { type Scope, scopesUpTo } from './access/permissions.ts'
import { type Caller, claimedOwner, type TokenIssuer } from './access/tokens.ts'
import type { BotIdentity, SeedEntities } from './seed.ts'

/** What a bot has to call the platform with; `null` for what it has not. */
export interface BotCredentials {
  readonly token: string | null
  readonly refreshToken: string | null
  readonly email: string | null
}

/** The bot that credentials are those of, as far as they tell. */
export function identityOf({ token, email }: BotCredentials): BotIdentity {
  const { user, organization } = (token === null ? null : claimedOwner(token)) ?? {}
  return { id: user, organization, email: user === undefined ? undefined : (email ?? undefined) }
}

/** The bot as a caller, and its tokens. */
export interface BotAccount {
  readonly caller: Caller
  readonly token: string
  readonly refreshToken: string
  /** Whether the access token is the one that the bot brought. */
  readonly isOwn: boolean
}

/**
 * Opens the account: an access token that the bot brings is good as it is, and its refresh token with it; nobody here could tell
 * whether the platform has signed it. Without one it is given both.
 */
export function openAccount(
  tokens: TokenIssuer,
  { bot, organization }: SeedEntities,
  credentials: BotCredentials,
  scope: Scope | null,
): BotAccount {
  const claimed = credentials.token === null ? null : claimedOwner(credentials.token)
  const scopes = scope === null ? (claimed?.scopes ?? scopesUpTo('bot')) : scopesUpTo(scope)
  const caller = { user: bot.id, organization, scopes }
  const issue = (kind: 'access_token' | 'refresh_token'): string => tokens.issue(kind, caller).token
  if (claimed === null || credentials.token === null) {
    return { caller, token: issue('access_token'), refreshToken: issue('refresh_token'), isOwn: false }
  }
  const { token, refreshToken } = credentials
  tokens.adopt('access_token', token, caller)
  if (refreshToken !== null) tokens.adopt('refresh_token', refreshToken, caller)
  return { caller, token, refreshToken: refreshToken ?? issue('refresh_token'), isOwn: true }
}
