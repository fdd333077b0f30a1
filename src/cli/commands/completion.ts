// The command `dev-hook completion`: prints the completion script of a shell.
import { closestMatch } from 'leven'
import { DevHookError } from '../../core/errors.ts'
import type { CommandHandler, CommandSpec } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { grammarOf } from '../completion/grammar.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT_CODES } from '../exit.ts'

const SHELLS = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])

/** The handler, for these commands; the first one is meant where none is named. */
export const completionOf =
  (commands: readonly CommandSpec[]): CommandHandler =>
  async ({ words: [shell = ''], io }) => {
    const write = SHELLS.get(shell)
    if (write === undefined) {
      const nearest = closestMatch(shell, [...SHELLS.keys()], { maxDistance: 2 })
      const hint = nearest === undefined ? 'choose bash, zsh or fish' : `did you mean \`${nearest}\`?`
      throw new DevHookError('usage', `\`${shell}\` is not a supported shell; ${hint}`, {
        remedy: 'see `dev-hook completion --help`',
      })
    }
    io.out(write(commands.map(grammarOf)).trimEnd())
    return EXIT_CODES.ended
  }
