// The environment of a bot that dev-hook starts: the shell's, its profile's, and what it needs to answer during this run.
import { RUN_VARIABLE } from '../../bot/find-by-env.ts'
import { dotEnvOf, OWN_SECRET_NAMES, readDotEnv, SHARED } from '../../config/dot-env.ts'
import type { Environment } from '../../config/layers.ts'
import type { Config } from '../../config/load.ts'
import { withoutVariables } from '../../core/child-environment.ts'
import { messageOf } from '../../core/errors.ts'
import type { Warn } from '../../core/notices.ts'
import { hasExpired } from '../../platform/api/token.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import { botEmail } from '../../protocol/resources.ts'

/** What the environment of a bot is made from, at one of its starts. */
export interface BotRun {
  readonly config: Pick<Config, 'cwd' | 'profile' | 'target' | 'token' | 'email'>
  readonly botId: string
  readonly runId: string
  /** dev-hook's own environment. */
  readonly env: Environment
  /** What goes before everything else: APIHOST and the tokens of the sandbox. */
  readonly botEnv: Environment
  /** The newest tokens of the run. */
  readonly tokens: TokenPair
  /** What the bot is to check signatures with; `null` when that is not known. */
  readonly secret: string | null
  readonly publicUrl: string
  readonly warn: Warn
}

/** The environment of a bot at one of its starts. */
export async function botEnvironment(run: BotRun): Promise<Environment> {
  const { config, runId, botEnv, secret, publicUrl } = run
  const { port, path } = config.target
  const inherited = withoutVariables({ ...run.env, ...(await profileVariables(run)) }, OWN_SECRET_NAMES)
  const own = { PORT: String(port), WEBHOOK_PATH: path, PUBLIC_URL: publicUrl, [RUN_VARIABLE]: runId }
  const whole = {
    ...inherited,
    ...(await credentials(run, inherited)),
    ...own,
    ...(secret !== null && { SECRET: secret }),
    ...botEnv,
  }
  return usable(whole, run.warn)
}

/** What an environment can hold. The system refuses the rest, and Node would print the value of it, which may be secret. */
function usable(variables: Environment, warn: Warn): Environment {
  const isUsable = ([name, value]: readonly [string, string | undefined]): boolean =>
    !name.includes('\0') && value?.includes('\0') !== true
  const entries = Object.entries(variables)
  const without = entries.filter((entry) => !isUsable(entry)).map(([name]) => name)
  if (without.length === 0) return variables
  warn('variableUnusable', `the bot is started without ${without.join(', ')}: its value holds a NUL character`)
  return Object.fromEntries(entries.filter(isUsable))
}

/**
 * The variables of a profile's file, below those of the environment: a bot itself reads only `.env`, and would take the token of
 * another bot from it.
 */
async function profileVariables({ config, env, warn }: BotRun): Promise<Environment> {
  if (config.profile === null) return {}
  const variables = Object.entries(await readVariables(config.cwd, dotEnvOf(config.profile), warn))
  return Object.fromEntries(variables.filter(([name]) => !env[name]))
}

/** What the bot calls the platform with: the e-mail for its refresh token, and fresh tokens where its own one is of no use. */
async function credentials({ config, botId, tokens, warn }: BotRun, inherited: Environment): Promise<Environment> {
  const { token, refreshToken } = tokens
  const email = { EMAIL: config.email ?? botEmail(botId) }
  const own = await ownToken(inherited, config.cwd, (name) => readVariables(config.cwd, name, warn))
  if (own === null || own === token) return email
  // What dev-hook had to refresh, the platform refuses, or soon will.
  if (own !== config.token && !hasExpired(own)) return email
  return { ...email, TOKEN: token, ...(refreshToken !== null && { REFRESH_TOKEN: refreshToken }) }
}

/** The token that a bot finds by itself, in TOKEN of its environment or of `.env`; `null` when it finds none. */
export async function ownToken(
  env: Environment,
  cwd: string,
  read: (name: string) => Promise<Environment> = (name) => readDotEnv(cwd, name),
): Promise<string | null> {
  return (env['TOKEN'] || (await read(SHARED))['TOKEN'])?.trim() || null
}

/** How long a bot waits for a pipe into which nobody writes at that moment: it was read when the run began. */
const PIPE_MS = 1_000

async function readVariables(cwd: string, name: string, warn: Warn): Promise<Environment> {
  try {
    return await readDotEnv(cwd, name, undefined, { pipeMs: PIPE_MS })
  } catch (error) {
    warn('configWrong', `the bot is started without ${name}, which cannot be read: ${messageOf(error)}`)
    return {}
  }
}
