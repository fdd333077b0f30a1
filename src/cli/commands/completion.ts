// The command `dev-hook completion`: prints the completion script of a shell.
import { closestMatch } from 'leven'
import { DevHookError } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { findRecordedBot } from '../../daemon/offline/find-bot.ts'
import { readDeliveries } from '../../journal/reader.ts'
import type { Call, CommandHandler, CommandSpec } from '../command-line/command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { grammarOf } from '../completion/grammar.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT_CODES } from '../exit.ts'
import { openCommand } from '../open-command.ts'

const SHELLS = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])

/** The handler, for these commands; the first one is meant where none is named. */
export const completionOf =
  (commands: readonly CommandSpec[]): CommandHandler =>
  async (call) => {
    const { words, own, io } = call
    const [shell = ''] = words
    if (own['list'] !== undefined) return list(call, own['list'])
    const write = SHELLS.get(shell)
    if (write === undefined) {
      if (shell === '') throw new DevHookError('usage', 'name the shell: bash, zsh or fish')
      const nearest = closestMatch(shell, [...SHELLS.keys()], { maxDistance: 2 })
      const hint = nearest === undefined ? 'choose bash, zsh or fish' : `did you mean \`${nearest}\`?`
      throw new DevHookError('usage', `\`${shell}\` is not a supported shell; ${hint}`)
    }
    io.out(write(commands.map(grammarOf)).trimEnd())
    return EXIT_CODES.ended
  }

/** How many of the newest ids somebody would look through. */
const MAX_IDS = 30

const LISTS: Readonly<Record<string, (call: Call) => Promise<readonly string[]>>> = {
  ids: listIds,
  profiles: listProfiles,
  events: listEvents,
}

/** Prints what dev-hook itself knows, for a shell; nothing where it is not known: a shell has no place for an error. */
async function list(call: Call, what: unknown): Promise<number> {
  const list = typeof what === 'string' && Object.hasOwn(LISTS, what) ? LISTS[what] : undefined
  if (list === undefined) throw new DevHookError('usage', `\`--list\` is one of ${Object.keys(LISTS).join(', ')}`)
  const lines = await list(call).catch(() => [])
  if (lines.length > 0) call.io.out(lines.map((line) => oneLine(line)).join('\n'))
  return EXIT_CODES.ended
}

async function listIds(call: Call): Promise<readonly string[]> {
  const { config, stateHome } = await openCommand(call)
  const newest = await readDeliveries(await findRecordedBot(config, stateHome()), { last: MAX_IDS })
  return newest.map(({ id }) => id).reverse()
}

async function listEvents(): Promise<readonly string[]> {
  const { namesOf } = await import('../../config/events/find-template.ts')
  const { readTemplates } = await import('../../config/events/read-templates.ts')
  return namesOf((await readTemplates()).templates)
}

async function listProfiles(call: Call): Promise<readonly string[]> {
  const { config } = await openCommand(call)
  return config.profiles
}
