// Checks of the tokens, by the claims in them.
import { ownToken } from '../../daemon/start/bot-environment.ts'
import { hasExpired, readRefreshToken } from '../../platform/api/token.ts'
import { botEmail } from '../../protocol/resources.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failed, needs, notTried, passed, warned } from '../finding.ts'

const PAGE = "from the bot's details in the Web1on1 admin pages"
const SOON_MS = 60 * 60_000

export async function checkToken(facts: Facts): Promise<Finding> {
  const { claims, botId } = await facts.identity()
  const { refreshToken } = await facts.config()
  const scope = claims.scope.length === 0 ? 'no scope named' : `scope ${claims.scope.join(' ')}`
  const message = `access token of bot ${claims.id ?? botId}, ${scope}`
  if (claims.id !== null && claims.id !== botId)
    return warned(`${message}, but bot ${botId} is wanted`, `copy the token of bot ${botId} ${PAGE} into TOKEN`)
  const { expiresAt } = claims
  if (expiresAt === null) return passed(`${message}, does not expire`)
  const left = expiresAt - Date.now()
  if (left > SOON_MS) return passed(`${message}, good until ${time(expiresAt)}`)
  const state = left > 0 ? `expires soon, at ${time(expiresAt)}` : `expired at ${time(expiresAt)}`
  if (refreshToken !== null) return passed(`${message}, ${state}; the refresh token gets a new one`)
  const remedy = `copy a fresh token ${PAGE} into TOKEN, and its refresh token into REFRESH_TOKEN`
  return left > 0 ? warned(`${message}, ${state}`, remedy) : failed('credentials', `${message}, ${state}`, remedy)
}

export async function checkRefreshToken(facts: Facts): Promise<Finding> {
  const { claims } = await needs('token', facts.identity())
  const { refreshToken } = await facts.config()
  if (refreshToken === null) {
    if (claims.expiresAt === null) return passed('none, and none is needed: the token does not expire')
    return warned('none: once the token has expired, a run cannot restore', `copy it ${PAGE} into REFRESH_TOKEN`)
  }
  const { id, expiresAt } = readRefreshToken(refreshToken)
  if (id !== null && claims.id !== null && id !== claims.id) {
    return failed('usage', 'REFRESH_TOKEN and TOKEN are of two different bots', `copy both ${PAGE} of one bot`)
  }
  if (expiresAt === null) return passed('there, does not expire')
  if (expiresAt > Date.now()) return passed(`there, good until ${time(expiresAt)}`)
  return failed('credentials', `it expired at ${time(expiresAt)}`, `copy a fresh one ${PAGE} into REFRESH_TOKEN`)
}

/** dev-hook may have refreshed a token that the bot still holds, and cannot refresh. */
export async function checkBotToken(facts: Facts): Promise<Finding> {
  const { token, botId } = await needs('token', facts.identity())
  const isRefreshed = await facts.refreshed()
  const { cwd, refreshToken, email } = await facts.config()
  const own = await ownToken(facts.env, cwd)
  if (own === null) return notTried('not checked: TOKEN is set neither in the environment nor in .env')
  const isDead = own === token ? isRefreshed : hasExpired(own)
  if (!isDead) return passed('the token in TOKEN is good for the bot too')
  if (refreshToken !== null && email !== null)
    return passed('the token in TOKEN is expired or refused; the bot can refresh it with REFRESH_TOKEN and EMAIL')
  return warned(
    `the token in TOKEN is expired or refused; dev-hook has another one, but the bot cannot refresh it without ${refreshToken === null ? 'REFRESH_TOKEN and ' : ''}EMAIL`,
    `put EMAIL=${botEmail(botId)} into .env (\`dev-hook init\` does it), or start the bot after \`--\`, where it is given a fresh token`,
  )
}

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
