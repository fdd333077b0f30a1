// `dev-hook`: the daemon against the real platform.
import type { CommandHandler } from '../command.ts'
import { openCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'

export const dev: CommandHandler = async (call) =>
  runDaemon({ ...(await openCommand(call)), command: call.command, io: call.io, botEnv: {} })
