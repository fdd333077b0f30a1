// `dev-hook sandbox`: the daemon against the emulated platform, with a contact who talks to the bot.
import type { Config } from '../../config/load.ts'
import { secretsOf } from '../../config/values.ts'
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import type { CommandHandler } from '../command.ts'
import { openCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'
import { converse } from '../session/sandbox-chat.ts'
import { openSandboxState } from '../session/sandbox-state.ts'

export const sandbox: CommandHandler = async (call) => {
  const { command, io, own } = call
  const opened = await openCommand(call)
  // Nothing of a sandbox outlives it, so its state is not kept where that of real bots is.
  const state = await openSandboxState()
  try {
    await using platform = await openDisposable(opened.config)
    const adapt = (given: Config): Config => {
      const config = inSandbox(given, platform)
      secretsOf(config).forEach(opened.redactor.conceal)
      return config
    }
    const say = typeof own['say'] === 'string' ? own['say'] : null
    return await runDaemon({
      ...opened,
      config: adapt(opened.config),
      load: async () => adapt(await opened.load()),
      stateHome: state.folder,
      command,
      io,
      emulated: true,
      botEnv: {
        APIHOST: platform.api,
        TOKEN: platform.token,
        REFRESH_TOKEN: platform.refreshToken,
        EMAIL: platform.email,
      },
      conversation: (emit, signal) => converse({ sandbox: platform, say, io, json: opened.json, emit }, signal),
    })
  } finally {
    await state.close()
  }
}

async function openDisposable({ secret }: Config): Promise<Sandbox & AsyncDisposable> {
  // A bot that somebody else runs checks with the secret of its own environment.
  const opened = await openSandbox(secret === null ? {} : { registered: { secret } })
  return Object.assign(opened, { [Symbol.asyncDispose]: opened.close })
}

/** The same config, pointed to the sandbox in everything that concerns the outside. */
function inSandbox(config: Config, { api, token, refreshToken, email, botId }: Sandbox): Config {
  return Object.freeze({
    ...config,
    apiHost: api,
    token,
    refreshToken,
    email,
    bot: botId,
    hook: 'bot',
    webhookPlace: null,
    tunnel: 'loopback',
    url: null,
    forwarding: null,
    gatewayPort: null,
    // What is registered there at the start is an example that belongs to nobody.
    takeOver: true,
  })
}
