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

/** What the bot of a run follows from, and the remedy where it follows from nothing. */
type IdentityConfig = Pick<Config, 'token' | 'bot' | 'profile' | 'profiles' | 'files' | 'sources'>

/** Reads the token and finds the bot in it. Throws `tokenMissing`, `tokenMalformed`, `tokenKind` or `botUnknown`. */
export function identityOf(config: IdentityConfig): Identity {
  if (config.token === null) throw withoutToken(config)
  const claims = readToken(config.token)
  const botId = config.bot ?? claims.id
  if (botId === null) throw new DevHookError('botUnknown', 'the token does not name a bot, and no bot id was given')
  return { botId, claims, token: config.token }
}

function withoutToken(config: IdentityConfig): DevHookError {
  const { profile, profiles } = config
  const [first] = profiles
  if (profile === null && first !== undefined) {
    const message = `there is no access token, and no profile is chosen; the config has ${profiles.join(', ')}`
    const remedy = `choose one with \`--profile ${first}\`, or for good with DEV_HOOK_PROFILE=${first} in \`${SHARED}\``
    return new DevHookError('tokenMissing', message, { remedy })
  }
  const files = profile === null ? SHARED : `${dotEnvOf(profile)} or ${SHARED}`
  const copy = "copy the bot's token from its details in the Web1on1 admin pages into TOKEN in"
  const remedy = isSetUp(config)
    ? `${copy} \`${profile === null ? SHARED : dotEnvOf(profile)}\``
    : 'run `npx dev-hook init` to set this folder up, or `npx dev-hook sandbox`, which needs no account'
  const message = `there is no access token: TOKEN is set neither in the environment nor in ${files}`
  return new DevHookError('tokenMissing', message, { remedy })
}

/** Whether a folder holds anything of dev-hook's: a config file, or an env file with some option in it. */
const isSetUp = ({ files, sources }: IdentityConfig): boolean =>
  files.length > 0 || Object.values(sources).some((source) => source.includes(` in ${SHARED}`))

/** The state folder of one bot at one platform: two platforms may know the same id. */
export function botFolder(stateHome: string, apiHost: string, botId: string): string {
  return join(stateHome, safe(new URL(apiHost).host), safe(botId))
}

const safe = (text: string): string => text.replace(/[^a-z0-9.-]+/gi, '_')

/** Whose run it is at which relay: both are part of the folder in which its state is kept. */
export interface SeatPlace {
  /** `host:port` of the broker. */
  readonly server: string
  readonly name: string
}

/** The state folder of a developer at a relay. The relay itself may run on the same machine, and has the bot's own folder. */
export function seatFolder(stateHome: string, { server, name }: SeatPlace, bot: string | null): string {
  return join(stateHome, safe(server), bot === null ? name : `${safe(bot)}.${name}`)
}
