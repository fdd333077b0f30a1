// The bot of a sandbox: where it is, the process that it may be, and its registration at the platform.
import { resolve } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import type { Sandbox as Platform } from '../../sandbox/sandbox.ts'
import type { KitConfig } from '../options.ts'
import type { BotProcess, BotTarget, Sandbox } from '../types/types.ts'
import type { RunningBot } from './bot-process.ts'
import { type BotAddress, openAddress } from './connect.ts'
import { register } from './register.ts'

export interface BotLink {
  /** The environment of the bot: it calls the platform, as itself. */
  readonly env: Sandbox['env']
  /** The process of `command`; `null` without one. */
  process(): BotProcess | null
  /** The last lines that it has printed. */
  lastLines(): readonly string[]
  /** Registers a bot in place of the one before. Rejects with what is wrong with it, and once the link is closed. */
  connect(target: BotTarget): Promise<void>
  /** Starts the bot. Resolves with the port that it listens on. */
  start(command: readonly [string, ...string[]]): Promise<number>
  /** Ends the process, and closes what was opened for the bot. Idempotent; never rejects. */
  close(): Promise<void>
}

const NOBODY = 'no bot is connected'
const CONNECT_ONE = 'give `command` or `forwardTo`, or call `connect`'

/** Creates the link to a bot that nobody has named yet. `onLine` is called with every line that its process prints. */
export function createBotLink(platform: Platform, config: KitConfig, onLine: (line: string) => void): BotLink {
  let running: RunningBot | null = null
  let address: BotAddress | null = null
  let isClosed = false
  platform.reportBot(NOBODY, { remedy: CONNECT_ONE })

  const env = {
    get APIHOST() {
      return platform.api
    },
    get TOKEN() {
      return platform.currentToken()
    },
    REFRESH_TOKEN: platform.refreshToken,
    EMAIL: platform.email,
    SECRET: config.secret,
    WEBHOOK_PATH: config.path,
  }

  const assertOpen = (): void => {
    if (isClosed) throw new DevHookError('sandboxClosed', 'the sandbox was closed')
  }

  async function connect(target: BotTarget): Promise<void> {
    assertOpen()
    const next = await openAddress(target, config.path)
    const before = address
    address = next
    await before?.close()
    // `close` knew nothing of it.
    if (isClosed) await next.close()
    assertOpen()
    await register(platform, config, next.url)
    platform.reportBot(null)
  }

  return {
    env,
    process: () => running?.process ?? null,
    lastLines: () => running?.lastLines() ?? [],
    connect,
    start: async (command) => {
      const { startBotProcess } = await import('./bot-process.ts')
      running = await startBotProcess({
        command,
        cwd: resolve(config.cwd),
        env: { ...env, ...config.env },
        readyWithinMs: config.readyWithinMs,
        onLine,
        onState: platform.reportBot,
      })
      return running.process.port
    },
    close: async () => {
      isClosed = true
      await Promise.all([running?.close(), address?.close()])
    },
  }
}
