// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../command-line/command.ts'
import { openCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'

export const dev: CommandHandler = async (call) => {
  const { command, io } = call
  const opened = await openCommand(call)
  if (opened.config.relay !== null || opened.config.natsCreds !== null) {
    const { runSeat } = await import('../relay/run-seat.ts')
    return runSeat(opened, call)
  }
  return runDaemon({ ...opened, stateHome: opened.stateHome(), command, io, botEnv: {} })
}
