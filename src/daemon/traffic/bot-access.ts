// What a bot expects from the platform besides signatures: the credentials and the query of its production URL.
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { runIdOf } from '../../core/hook-url.ts'
import { authorizationIn, basic, decodedPart } from '../../core/http/basic-auth.ts'
import { isLoopback } from '../../core/http/loopback.ts'
import { secretsInQuery } from '../../core/text/redact.ts'

/** What is added to a delivery for the bot. */
export interface BotAccess {
  /** The value of the `authorization` header; `null` for none. */
  readonly authorization: string | null
  /** The query, without its `?`; empty for none. */
  readonly query: string
}

const NONE: BotAccess = { authorization: null, query: '' }

/**
 * What is added for this bot: what the options say, else what the formerly registered URL has, as if the platform had sent the delivery
 * there. Credentials of that URL go to no other machine, and the URL of a dev-hook has none that count.
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
  const parsed = new URL(url)
  return { authorization: authorizationIn(parsed), query: parsed.search.slice(1) }
}

/** The parts of a registered URL that must never be shown. */
export function secretsInUrl(url: string | null): readonly string[] {
  if (url === null || !URL.canParse(url)) return []
  const { password, search } = new URL(url)
  const { authorization } = accessIn(url)
  return [password, decodedPart(password), authorization?.split(' ')[1] ?? '', ...secretsInQuery(search)]
}
