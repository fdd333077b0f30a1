// The bot of a run: supervised when its command was given, else monitored from the outside.

import { adoptDetached } from '../../bot/detached.ts'
import { monitorExternalBot } from '../../bot/external-bot.ts'
import { ofBotAlone, ownerOfPort, portsOf } from '../../bot/port-owner.ts'
import { portReadiness } from '../../bot/port-readiness.ts'
import { endStrays } from '../../bot/strays.ts'
import { startSupervisor } from '../../bot/supervisor.ts'
import { MONOTONIC, withDeadline } from '../../core/async.ts'
import { type Warn, warning } from '../../core/notices.ts'
import type { Bot } from '../../core/ports.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import type { linkBot } from '../traffic/hold-while-down.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { DaemonOptions } from '../types.ts'
import { botEnvironment } from './bot-environment.ts'

/** How long requests in flight may take to finish before the bot is ended for a restart. */
const FINISH_MS = 2_000

export interface StartBot {
  readonly options: DaemonOptions
  readonly traffic: Pick<Traffic, 'queue'>
  readonly botId: string
  readonly runId: string
  /** As they are when the bot is started: all of them may have changed at the next start. */
  secret(): string | null
  publicUrl(): string
  tokens(): TokenPair
  /** Takes what the bot prints, besides those who listen for it. */
  printed(stream: 'stdout' | 'stderr', line: string): void
  /** Resolves when nothing is being saved. */
  savesSettled(): Promise<void>
}

export interface StartedBot extends Bot {
  /** The secret that the bot checks signatures with, as far as it is known; `null` when it checks none. */
  secret(): string | null
  /** How it and the queue are linked. Default: `linkBot`. */
  readonly link?: typeof linkBot
}

/** Starts the bot, or begins to monitor it. Does not wait until it is ready. */
export function startBot(given: StartBot): StartedBot {
  const { options, traffic, savesSettled, botId, runId, tokens, publicUrl } = given
  const { config, command, notices } = options
  let secret = config.secret
  const { host, port } = config.target
  const readiness = portReadiness({ host, port })
  const warn: Warn = (kind, message) => notices.emit(warning(kind, message))
  const [program, ...args] = command ?? []
  if (program === undefined) return { ...monitorExternalBot({ host, port, readiness, warn }), secret: () => secret }
  const bot = startSupervisor({
    command: [program, ...args],
    cwd: config.cwd,
    env: () => {
      secret = given.secret()
      const { env, botEnv } = options
      return botEnvironment({
        config,
        botId,
        runId,
        env,
        botEnv,
        tokens: tokens(),
        secret,
        publicUrl: publicUrl(),
        warn,
      })
    },
    savesSettled,
    waitsForSave: config.watch !== false,
    endStrays: (group) => endStrays({ runId: given.runId, port, env: options.env }, group),
    adopt: (command, signal) =>
      adoptDetached({ runId: given.runId, port, env: options.env }, command, signal, MONOTONIC),
    host,
    port,
    readiness,
    readinessOf: (pid) =>
      ofBotAlone(readiness, {
        ownerOf: () => ownerOfPort(port, { pid, runId }),
        onStranger: (who) =>
          warn('botPortTaken', `another program listens on ${host}:${port}, not the bot that was started: ${who}`),
      }),
    portsOf: (pid) => portsOf({ pid, runId }),
    warn,
    output: (stream, line) => {
      given.printed(stream, line)
      notices.emit({ type: 'bot-output', stream, line })
    },
    pause: async (reason) => {
      traffic.queue.hold(reason)
      await withDeadline([], { ms: FINISH_MS, reason: 'what is in flight takes longer' }, traffic.queue.idle)
    },
  })
  return { ...bot, secret: () => secret }
}
