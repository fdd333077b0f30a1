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

/** Returns who the bot is; throws the first thing that would keep the run from starting. */
export async function checkBeforehand(
  { config, command, env }: Checked,
  provider: TunnelProvider = providerFor(config),
): Promise<Identity> {
  const identity = identityOf(config)
  if (command?.[0] !== undefined) {
    // Windows spells it `Path`.
    const path = env['PATH'] ?? env['Path']
    await assertCommand(command[0], { cwd: config.cwd, path, pathExt: env['PATHEXT'] })
  }
  await provider.preflight()
  return identity
}
