// `dev-hook say`: speaks into a sandbox that runs, and prints what the bot answers.
import { DevHookError } from '../../core/errors.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import { openCommand } from '../open-command.ts'
import type { Colors } from '../output/colors.ts'
import { awaitSandbox } from '../sandbox/await-sandbox.ts'
import { reachRun } from '../sandbox/find-run.ts'
import { readSandboxChoice } from '../sandbox/running-sandboxes.ts'
import { saidJson, shownSaid } from '../sandbox/said.ts'
import { messageLines } from '../screen/message-lines.ts'
import { readTimeout } from '../session/read-timeout.ts'
import { untilEndSignal } from '../session/signals.ts'
import { printAnswer } from '../talk/print-answer.ts'

type Said = OutputOf<'say'>

export const say: CommandHandler = async (call) => {
  const { io, own } = call
  const act = readAct(call)
  const choice = readSandboxChoice(own['sandbox'])
  if (choice === 'never') throw new DevHookError('usage', 'only a sandbox can be spoken to')
  const given = {
    as: textOf(own, 'as') ?? undefined,
    conversation: textOf(own, 'conversation') ?? undefined,
    timeout: Math.round(readTimeout(own['timeout'])),
  }
  const { config, json, colors } = await openCommand(call)
  return untilEndSignal(async (ended) => {
    const folder = await awaitSandbox(choice, config.cwd, ended)
    const { call: ask } = await reachRun(folder, ended)
    const said = await ('text' in act
      ? ask('say', { ...given, ...act }, ended)
      : ask('press', { ...given, ...act }, ended))
    if (json) [said.message, ...said.answer].forEach((message) => io.out(saidJson(message)))
    else print(said, io, colors)
    return EXIT_CODES.ended
  })
}

/** What is said, or what is pressed. */
function readAct({ words, own }: Pick<Call, 'words' | 'own'>): { readonly text: string } | { readonly button: string } {
  const [text] = words
  const button = textOf(own, 'press')
  if (text !== undefined && button !== null)
    throw new DevHookError('usage', 'say something, or press something: not both')
  if (button !== null) return { button }
  if (text === undefined || text.trim() === '') throw new DevHookError('usage', 'there is nothing to say')
  return { text }
}

/** What a contact sees is the answer; what an agent sees has who said it, and why the contact does not see it. */
function print({ message, answer }: Said, io: Io, colors: Colors): void {
  for (const said of answer) {
    if (message.by === 'contact') printAnswer(shownSaid(said), { ...io, errIsTerminal: false })
    else messageLines(shownSaid(said), colors, io.columns('out')).forEach(io.out)
  }
  if (answer.length === 0 && io.errIsTerminal) io.err(`· ${sanitize(message.name, 40)} has no answer`)
}
