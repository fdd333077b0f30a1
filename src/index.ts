// The public API: dev-hook inside another program, without signals, exit codes or output of its own.
import type { Environment } from './config/layers.ts'
import { loadConfig } from './config/load.ts'
import type { Options } from './config/options.ts'
import { findStateHome } from './config/state-home.ts'
import { secretsOf } from './config/values.ts'
import { version, whoAmI } from './core/instance.ts'
import { createNotices, type Listener, type Totals, type Warn, warning } from './core/notices.ts'
import { createRedactor } from './core/text/redact.ts'
import { createDaemon } from './daemon/daemon.ts'
import { reserveBotPort } from './daemon/start/bot-port.ts'
import type { Stopped } from './daemon/types.ts'

export type { Options } from './config/options.ts'
export { DevHookError } from './core/errors.ts'
export type { Notice, NoticeType, Totals } from './core/notices.ts'
export type { Stopped } from './daemon/types.ts'

/** What `startDevHook` takes: every option of the command line in camel case, and these. */
export interface StartOptions extends Options {
  /** A command that runs the bot, restarted on every save; without it, somebody else runs the bot. */
  readonly command?: readonly [program: string, ...args: string[]]
  /** What is read in place of the environment of the process. Default: nothing but `.env` and the options given here. */
  readonly env?: Environment
  /** Where state is kept. Default: the user's state folder. */
  readonly stateFolder?: string
  /** Hears every notice from the first one on. */
  readonly onNotice?: Listener
}

/** A running dev-hook. */
export interface DevHook {
  /** The public URL, without credentials. */
  readonly url: string
  /** What it has done so far. */
  status(): Totals
  /** Returns the function that undoes it. */
  on(listener: Listener): () => void
  /** Ends in order: the webhook is put back. Idempotent; never rejects. */
  stop(): Promise<Stopped>
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<Stopped>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts dev-hook; resolves when it is ready.
 * Rejects with a `DevHookError` when it cannot start; nothing is left behind then.
 */
export async function startDevHook(options: StartOptions = {}): Promise<DevHook> {
  const { command, env = {}, stateFolder, onNotice, ...given } = options
  const sourceOf = (key: string): string => `options.${key}`
  const platform = process.platform
  const reload = () => loadConfig(given, { cwd: given.cwd ?? process.cwd(), env, platform, sourceOf })
  const notices = createNotices()
  if (onNotice) notices.on(onNotice)
  const warn: Warn = (kind, message) => notices.emit(warning(kind, message))
  const { config, release } = await reserveBotPort(await reload(), command ?? null, warn)
  const state = stateFolder === undefined ? findStateHome(env, platform) : { folder: stateFolder, ignored: null }
  if (state.ignored !== null) warn('stateHomeIgnored', state.ignored)
  for (const oddity of config.oddities) warn('dotEnvOdd', oddity)
  for (const unread of config.unreadConfigs) warn('configIgnored', unread)
  const daemon = createDaemon({
    config,
    command: command ?? null,
    version,
    who: whoAmI(),
    stateHome: state.folder,
    env,
    botEnv: {},
    ask: null,
    reload,
    notices,
    redactor: createRedactor(secretsOf(config)),
  })
  void daemon.ended.then(release)
  await daemon.start()
  return {
    get url() {
      return daemon.url() ?? ''
    },
    status: daemon.totals,
    on: notices.on,
    stop: daemon.stop,
    ended: daemon.ended,
    [Symbol.asyncDispose]: async () => {
      await daemon.stop()
    },
  }
}
