// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../command.ts'
import { openCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'

export const dev: CommandHandler = async (call) => {
  const { command, io } = call
  const opened = await openCommand(call)
  return runDaemon({ ...opened, stateHome: opened.stateHome(), command, io, botEnv: {} })
}
