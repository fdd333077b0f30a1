// `dev-hook mcp`: the running dev-hook as tools for a coding agent.
import { oneLine } from '../../core/text/sanitize.ts'
import type { CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import { examineFor } from '../mcp/examine.ts'
import { serve } from '../mcp/serve.ts'
import { prepareCommand } from '../open-command.ts'
import { findRun } from '../sandbox/find-run.ts'
import { readSandboxChoice } from '../sandbox/running-sandboxes.ts'
import { untilEndSignal } from '../session/signals.ts'

export const mcp: CommandHandler = async (call) => {
  const { io, own } = call
  const choice = readSandboxChoice(own['sandbox'])
  const prepared = prepareCommand(call)
  if (io.interactive) io.err('This speaks the Model Context Protocol: a client starts it. Ctrl-D ends it.')
  const box = {
    mayWrite: own['allowWrite'] === true,
    findRun: (signal: AbortSignal) => findRun(prepared, signal, choice),
    examine: (tunnel: boolean) => examineFor(call, tunnel),
    redact: prepared.redactor.redact,
  }
  const problem = (message: string): void => io.err(`mcp: ${oneLine(prepared.redactor.redact(message))}`)
  await untilEndSignal((signal) => serve(box, process, problem, signal))
  return EXIT_CODES.ended
}
