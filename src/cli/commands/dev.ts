// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../command.ts'
import { openCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'

export const dev: CommandHandler = async ({ options, command, io }) => {
  const opened = await openCommand({ options, io })
  return runDaemon({ ...opened, stateHome: opened.stateHome(), command, io, botEnv: {} })
}
