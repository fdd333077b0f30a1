// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../command.ts'
import { loadFor } from '../load-config.ts'
import { runDaemon } from '../session/run-daemon.ts'

export const dev: CommandHandler = async (call) => {
  const reload = () => loadFor(call)
  const config = await reload()
  return runDaemon({ config, command: call.command, io: call.io, botEnv: {}, reload })
}
