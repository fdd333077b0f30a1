// What can be checked before anything is acquired: token, command, and what the tunnel needs.
import { assertCommand } from '../../bot/find-command.ts'
import type { Config } from '../../config/load.ts'
import type { TunnelProvider } from '../../tunnel/provider.ts'
import { providerFor } from '../../tunnel/provider-table.ts'
import { type Identity, identityOf } from '../account/bot-identity.ts'

interface Checked {
  readonly config: Config
  /** What stands after `--`; `null` when somebody else runs the bot. */
  readonly command: readonly string[] | null
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Whom a run is for. `folder` is where its state is kept, where that is not the bot's own. */
export interface RunIdentity extends Pick<Identity, 'botId' | 'token'> {
  readonly folder?: string
}

/** Returns who the bot is; throws the first thing that would keep the run from starting. */
export async function checkPreflight(
  checked: Checked,
  provider: TunnelProvider = providerFor(checked.config),
): Promise<RunIdentity> {
  const { botId, token } = identityOf(checked.config)
  await assertBotCommand(checked)
  await provider.preflight()
  return { botId, token }
}

/** Throws `commandNotFound` for a command that is not there. */
export async function assertBotCommand({ config, command, env }: Checked): Promise<void> {
  if (command?.[0] === undefined) return
  // Windows spells it `Path`.
  const path = env['PATH'] ?? env['Path']
  await assertCommand(command[0], { cwd: config.cwd, path, pathExt: env['PATHEXT'] })
}
