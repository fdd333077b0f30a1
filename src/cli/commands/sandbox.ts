// `dev-hook sandbox`: the daemon against the emulated platform, with a contact who talks to the bot.
import type { Config } from '../../config/load.ts'
import { secretsOf } from '../../config/values.ts'
import { DevHookError } from '../../core/errors.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import type { CommandHandler } from '../command-line/command.ts'
import { wantsColor } from '../io.ts'
import { openCommand } from '../open-command.ts'
import { colorsFor } from '../output/colors.ts'
import { createSandboxPort } from '../sandbox/sandbox-port.ts'
import { readTimeout } from '../session/read-timeout.ts'
import { reportBot } from '../session/report-bot.ts'
import { runDaemon } from '../session/run-daemon.ts'
import { createSandboxAnnouncer } from '../session/sandbox-announcer.ts'
import { sandboxOptions } from '../session/sandbox-options.ts'
import { openSandboxState } from '../session/sandbox-state.ts'
import { converse } from '../talk/converse.ts'

export const sandbox: CommandHandler = async (call) => {
  const { command, io, own } = call
  const opened = await openCommand(call)
  // With `--say`, stdout is for the answer wherever it runs; only somebody who asks for JSON gets that.
  const json = own['say'] === undefined ? opened.json : opened.config.json
  call.writesJson(json)
  const say = readSay(own['say'])
  const timeoutMs = readTimeout(own['timeout'])
  // Only what is said again needs what reads and compares it.
  const play = own['play'] === undefined ? null : await import('../session/sandbox-play.ts')
  const scripts = (await play?.readScripts(own, opened.config.cwd)) ?? null
  // Nothing of a sandbox outlives it, so its state is not kept where that of real bots is.
  const state = await openSandboxState(opened.config.cwd)
  try {
    await using platform = await openDisposable(opened.config, sandboxOptions(own))
    const announcer = createSandboxAnnouncer(platform)
    const adapt = (given: Config): Config => {
      const config = inSandbox(say.length === 0 && scripts === null ? given : withoutWatch(given), platform)
      secretsOf(config).forEach(opened.redactor.conceal)
      return config
    }
    return await runDaemon({
      ...opened,
      json,
      config: adapt(opened.config),
      load: async () => adapt(await opened.load()),
      stateHome: state.folder,
      command,
      io,
      emulated: true,
      sandbox: createSandboxPort(platform),
      botEnv: {
        APIHOST: platform.api,
        TOKEN: platform.token,
        REFRESH_TOKEN: platform.refreshToken,
        EMAIL: platform.email,
      },
      conversation: (run, signal) => {
        const { notices, bot } = run
        reportBot(platform, notices, bot())
        announcer.begin(notices, command !== null)
        if (play !== null && scripts !== null) {
          const limit = own['timeout'] === undefined ? null : timeoutMs
          return play.playScripts(
            { ...opened, sandbox: platform, scripts, timeoutMs: limit, io, json, notices, bot },
            signal,
          )
        }
        const colors = colorsFor(wantsColor(opened.config.color, io))
        return converse({ ...run, sandbox: platform, say, timeoutMs, io, json, colors }, signal)
      },
    })
  } finally {
    await state.close()
  }
}

/** The texts of `--say`, in order. */
function readSay(given: unknown): readonly string[] {
  const texts = Array.isArray(given) ? given.map(String) : []
  if (texts.every((text) => text.trim() !== '')) return texts
  throw new DevHookError('usage', 'say (from --say) is empty', { remedy: 'give the text that the contact says' })
}

async function openDisposable(config: Config, options: SandboxOptions): Promise<Sandbox & AsyncDisposable> {
  const { secret, token, refreshToken, email } = config
  // A bot that somebody else runs calls with the token of its own environment, and checks with the secret there.
  const own = { credentials: { token, refreshToken, email }, ...(secret !== null && { registered: { secret } }) }
  const opened = await openSandbox({ ...own, ...options })
  return Object.assign(opened, { [Symbol.asyncDispose]: opened.close })
}

/** The same config, for a script: nobody saves meanwhile, and the file that the answer goes to is not a save either. */
const withoutWatch = (config: Config): Config =>
  config.sources.watch === undefined ? { ...config, watch: false } : config

/** The same config, pointed to the sandbox in everything that concerns the outside. */
function inSandbox(config: Config, { api, others, botId }: Sandbox): Config {
  return Object.freeze({
    ...config,
    apiHost: api,
    // Its calls are not the bot's, and do not use up the bot's budget.
    token: others.admin,
    refreshToken: null,
    email: null,
    bot: botId,
    hook: 'bot',
    webhookPlace: null,
    tunnel: 'loopback',
    url: null,
    forwarding: null,
    gatewayPort: null,
    // Nobody else is there.
    only: null,
    // What is registered there at the start is an example that belongs to nobody.
    takeOver: true,
  })
}
