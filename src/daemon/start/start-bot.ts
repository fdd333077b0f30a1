// The bot of a run: supervised when its command was given, else monitored from the outside.

import { monitorExternalBot } from '../../bot/external-bot.ts'
import { RUN_VARIABLE } from '../../bot/find-by-env.ts'
import { portReadiness } from '../../bot/port-readiness.ts'
import { startSupervisor } from '../../bot/supervisor.ts'
import { dotEnvOf, readDotEnv } from '../../config/dot-env.ts'
import type { Environment } from '../../config/layers.ts'
import { type ErrorName, messageOf } from '../../core/errors.ts'
import { warning } from '../../core/notices.ts'
import type { Bot } from '../../core/ports.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { DaemonOptions } from '../types.ts'

/** How long requests in flight may take to finish before the bot is ended for a restart. */
const FINISH_MS = 2_000

export interface StartBot {
  readonly options: DaemonOptions
  readonly traffic: Pick<Traffic, 'queue'>
  /** As they are when the bot is started: both may have changed at the next start. */
  secret(): string | null
  publicUrl(): string
  readonly runId: string
  /** Resolves when nothing is being saved. */
  savesSettled(): Promise<void>
}

export interface StartedBot extends Bot {
  /** The secret that the bot checks signatures with, as far as it is known; `null` when it checks none. */
  secret(): string | null
}

/** Starts the bot, or begins to monitor it. Does not wait until it is ready. */
export function startBot(given: StartBot): StartedBot {
  const { options, traffic, savesSettled } = given
  const { config, command, notices } = options
  let secret = config.secret
  const { host, port } = config.target
  const readiness = portReadiness({ host, port })
  const warn = (kind: ErrorName, message: string): void => notices.emit(warning(kind, message))
  const [program, ...args] = command ?? []
  if (program === undefined) return { ...monitorExternalBot({ host, port, readiness, warn }), secret: () => secret }
  const bot = startSupervisor({
    command: [program, ...args],
    cwd: config.cwd,
    env: () => {
      secret = given.secret()
      return { ...options.env, ...ofProfile(options, warn), ...botEnvironment(given, secret), ...options.botEnv }
    },
    savesSettled,
    host,
    port,
    readiness,
    warn,
    output: (stream, line) => notices.emit({ type: 'bot-output', stream, line }),
    pause: async (reason) => {
      traffic.queue.hold(reason)
      await traffic.queue.idle(AbortSignal.timeout(FINISH_MS))
    },
  })
  return { ...bot, secret: () => secret }
}

/**
 * The file of a profile, below what the environment says: a bot itself reads only `.env`, and would take the token of another
 * bot from it.
 */
function ofProfile({ config, env }: DaemonOptions, warn: (kind: ErrorName, message: string) => void): Environment {
  if (config.profile === null) return {}
  const name = dotEnvOf(config.profile)
  try {
    const variables = Object.entries(readDotEnv(config.cwd, name))
    return Object.fromEntries(variables.filter(([variable]) => !env[variable]))
  } catch (error) {
    warn('configWrong', `the bot is started without ${name}, which cannot be read: ${messageOf(error)}`)
    return {}
  }
}

/** What the bot finds in its environment on top of dev-hook's own. */
function botEnvironment(
  { options, publicUrl, runId }: StartBot,
  secret: string | null,
): Readonly<Record<string, string>> {
  const { port, path } = options.config.target
  const own = { PORT: String(port), WEBHOOK_PATH: path, PUBLIC_URL: publicUrl(), [RUN_VARIABLE]: runId }
  return secret === null ? own : { ...own, SECRET: secret }
}
