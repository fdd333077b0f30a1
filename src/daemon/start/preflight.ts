// What can be checked before anything is acquired: token, command, tunnel credentials.
import { assertCommand } from '../../bot/find-command.ts'
import type { Config } from '../../config/load.ts'
import { type Identity, identityOf } from '../account/bot-identity.ts'
import { ngrokAuthtoken } from './open-tunnel.ts'

/** Returns who the bot is; throws the first thing that would keep the run from starting. */
export async function checkBeforehand(options: {
  readonly config: Config
  readonly command: readonly string[] | null
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<Identity> {
  const { config, command, env } = options
  const identity = identityOf(config)
  if (command?.[0] !== undefined) {
    // Windows spells it `Path`.
    const path = env['PATH'] ?? env['Path']
    await assertCommand(command[0], { cwd: config.cwd, path, pathExt: env['PATHEXT'] })
  }
  if (config.tunnel === 'ngrok' && config.url === null) ngrokAuthtoken(config)
  return identity
}
