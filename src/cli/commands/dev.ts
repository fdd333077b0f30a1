// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../commands.ts'
import { loadFor } from '../load-for.ts'
import { runDaemon } from '../run-daemon.ts'

export const dev: CommandHandler = async (call) => {
  const reload = () => loadFor(call)
  const config = await reload()
  return runDaemon({ config, command: call.command, io: call.io, botEnv: {}, reload })
}
