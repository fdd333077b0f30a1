// The answers of init without its questions: everything that was found, and a default for the rest.
import { parseDotEnv } from '../config/parse-dot-env.ts'
import { DevHookError } from '../core/errors.ts'
import { readToken } from '../platform/api/token.ts'
import { botEmail } from '../protocol/resources.ts'
import { botAddress, devScriptFor, isEmpty } from './bot-launch.ts'
import type { Project } from './inspect-project.ts'
import type { SetupAnswers } from './plan.ts'
import { isInconclusive, type TriedToken, tryToken } from './try-token.ts'

/** What trying a token that was found has shown. */
export type TokenTrial =
  | { readonly is: 'none' }
  | { readonly is: 'good'; readonly tried: TriedToken }
  | { readonly is: 'bad'; readonly error: DevHookError }
  /** The platform could not be reached. */
  | { readonly is: 'unknown'; readonly error: DevHookError }

/** Tries the token of a project, if it has one. */
export async function tryFound({ token, refreshToken, config }: Project, signal: AbortSignal): Promise<TokenTrial> {
  if (token === null) return { is: 'none' }
  try {
    return { is: 'good', tried: await tryToken(token.value, refreshToken?.value ?? null, config, signal) }
  } catch (error) {
    if (!(error instanceof DevHookError)) throw error
    return { is: isInconclusive(error) ? 'unknown' : 'bad', error }
  }
}

/** The answers as they are when no question is asked. */
export function defaultAnswers(project: Project, tried: TriedToken | null): SetupAnswers {
  const { port, path } = botAddress(project)
  return {
    starter: isEmpty(project),
    isDependency: true,
    skipped: missingIn(project, tried).map(({ name }) => name),
    token: unwritten(project, 'token'),
    refreshToken: unwritten(project, 'refreshToken'),
    email: emailFor(project, null, unwritten(project, 'refreshToken')),
    secret: project.config.secret === null ? (project.secret?.value ?? tried?.secret ?? null) : null,
    ngrokAuthtoken: null,
    port,
    path,
    devScript: devScriptFor(project),
    agents: false,
  }
}

/**
 * The e-mail without which the bot could not use its refresh token: a new one, or the one in its env file. `null` where there is
 * no refresh token, the e-mail is there already, or the token (a new one, or the one that was found) names no bot.
 */
export function emailFor(project: Project, newToken: string | null, newRefreshToken: string | null): string | null {
  const token = newToken ?? project.token?.value
  const isNeeded =
    newRefreshToken !== null || Boolean(parseDotEnv(project.ownEnv.text ?? '').variables['REFRESH_TOKEN'])
  if (project.email !== null || !isNeeded || token === undefined) return null
  const botId = botIdIn(token)
  return botId === null ? null : botEmail(botId)
}

function botIdIn(token: string): string | null {
  try {
    return readToken(token).id
  } catch {
    // Not a token: whoever keeps it all the same has been warned.
    return null
  }
}

/** A credential that only the bot finds, under a variable of its own. */
const unwritten = (project: Project, key: 'token' | 'refreshToken'): string | null =>
  project.config[key] === null ? (project[key]?.value ?? null) : null

/** A variable that a run against the platform needs and the project does not hold, and what it is, for people. */
interface Missing {
  readonly name: string
  readonly says: string
}

/** What a run against the platform needs and the project does not hold. */
export function missingIn(project: Project, tried: TriedToken | null): readonly Missing[] {
  const { token, refreshToken, ngrokAuthtoken, config } = project
  const isNgrok = config.tunnel === 'ngrok' && config.url === null
  return [
    { name: 'TOKEN', says: "the bot's access token, from its details in the Web1on1 admin pages", is: token === null },
    {
      name: 'REFRESH_TOKEN',
      says: 'the refresh token next to it',
      is: tried?.expires === true && refreshToken === null,
    },
    {
      name: 'NGROK_AUTHTOKEN',
      says: 'from https://dashboard.ngrok.com/get-started/your-authtoken',
      is: isNgrok && ngrokAuthtoken === null,
    },
  ].filter(({ is }) => is)
}
