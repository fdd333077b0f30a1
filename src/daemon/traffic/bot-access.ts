// What a bot expects of the platform besides signatures: the credentials, and the query, of its own production URL.
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { runIdOf } from '../../core/hook-url.ts'
import { isLoopback } from '../../core/http/loopback.ts'
import { secretsInQuery } from '../../core/text/redact.ts'

/** What is sent to the bot beside what the platform has sent. */
export interface BotAccess {
  /** The value of the `authorization` header; `null` for none. */
  readonly authorization: string | null
  /** Without its `?`; empty for none. */
  readonly query: string
}

const NONE: BotAccess = { authorization: null, query: '' }

/**
 * What this bot gets: what the options give, else what the URL has that was registered before, so that the bot cannot tell the
 * difference. That URL's own goes to no other machine, and is none where the URL is a dev-hook's.
 */
export function botAccess(
  { botAuth, botQuery, target }: Pick<Config, 'botAuth' | 'botQuery' | 'target'>,
  formerUrl: string | null,
): BotAccess {
  const isHere = isLoopback(new URL(targetUrl(target)).hostname)
  const former = isHere ? accessIn(formerUrl) : NONE
  return {
    authorization: botAuth === null ? former.authorization : basic(botAuth),
    query: botQuery ?? former.query,
  }
}

/** The credentials and the query in a URL. */
function accessIn(url: string | null): BotAccess {
  if (url === null || !URL.canParse(url) || runIdOf(url) !== null) return NONE
  const { username, password, search } = new URL(url)
  const isOpen = username === '' && password === ''
  return {
    authorization: isOpen ? null : basic(`${decodedPart(username)}:${decodedPart(password)}`),
    query: search.slice(1),
  }
}

/** What of a registered URL may be seen by nobody. */
export function secretsInUrl(url: string | null): readonly string[] {
  if (url === null || !URL.canParse(url)) return []
  const { password, search } = new URL(url)
  const { authorization } = accessIn(url)
  return [password, decodedPart(password), authorization?.split(' ')[1] ?? '', ...secretsInQuery(search)]
}

/** The value of an `authorization` header for `user:password`. */
export const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`

/** A part of a URL as it was before it was encoded. */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A `%` that encodes nothing stands for itself.
    return text
  }
}
