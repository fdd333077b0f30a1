// Which bot a run is for, and where its state is kept.
import { join } from 'node:path'
import { dotEnvOf, SHARED } from '../../config/dot-env.ts'
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import { type Claims, readToken } from '../../platform/api/token.ts'

export interface Identity {
  readonly botId: string
  readonly claims: Claims
  readonly token: string
}

/** Reads the token and finds the bot in it. Throws `tokenMissing`, `tokenMalformed`, `tokenKind` or `botUnknown`. */
export function identityOf(config: Pick<Config, 'token' | 'bot' | 'profile'>): Identity {
  const { profile } = config
  if (config.token === null) {
    const files = profile === null ? SHARED : `${dotEnvOf(profile)} or ${SHARED}`
    const copy = `copy the bot's token from its details in the Web1on1 admin pages into TOKEN in`
    throw new DevHookError(
      'tokenMissing',
      `there is no access token: TOKEN is set neither in the environment nor in ${files}`,
      { remedy: `${copy} \`${profile === null ? SHARED : dotEnvOf(profile)}\`` },
    )
  }
  const claims = readToken(config.token)
  const botId = config.bot ?? claims.id
  if (botId === null) throw new DevHookError('botUnknown', 'the token does not name a bot, and no bot id was given')
  return { botId, claims, token: config.token }
}

/** The state folder of one bot at one platform: two platforms may know the same id. */
export function botFolder(stateHome: string, apiHost: string, botId: string): string {
  const safe = (text: string): string => text.replace(/[^a-z0-9.-]+/gi, '_')
  return join(stateHome, safe(new URL(apiHost).host), safe(botId))
}
