// Where the words of a command line are among its flags, whose values are words too.

import { type Flag, flagsOf, HELP_FLAG, VERSION_FLAG } from './command-flags.ts'
import { COMMANDS } from './command-table.ts'
import { commandNamed } from './help.ts'

/**
 * The index of the first word that is neither a flag nor the value of one, or -1. Behind a flag that no command has it cannot
 * be known, which is -1 as well.
 */
export function firstWordAt(words: readonly string[]): number {
  let options: readonly Flag[] | undefined
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    if (!word.startsWith('-') || word === '-') return at
    const name = nameOf(word)
    options ??= [...COMMANDS.flatMap(flagsOf), VERSION_FLAG, HELP_FLAG]
    const meant = options.filter(({ long, short }) => name === long || name === short)
    if (meant.length === 0) return -1
    at += name === word && takesNext(meant, words[at + 1]) ? 2 : 1
  }
  return -1
}

/** The names of the commands that have a flag, as it is written: `--last`. */
export const commandsWith = (flag: string): readonly string[] =>
  COMMANDS.filter((spec) => flagsOf(spec).some(({ long, short }) => [long, short].includes(nameOf(flag)))).map(
    ({ name }) => name,
  )

/** Whether a word is the name of a command, or another name of one. */
export const isCommand = (word: string): boolean => word === 'help' || commandNamed(word) !== null

/** The flag without its value: of `--port`, `--port=1`, `-p` and `-p1`. */
export const nameOf = (word: string): string =>
  word.startsWith('--') ? (word.split('=', 1)[0] ?? word) : word.slice(0, 2)

/** Commands may differ in whether a flag needs a value: then a word that could be a command is not taken for one. */
function takesNext(meant: readonly Flag[], next: string | undefined): boolean {
  if (next === undefined) return false
  if (meant.every(({ value }) => value === 'required')) return true
  return meant.some(({ value }) => value !== 'none') && !next.startsWith('-') && !isCommand(next)
}
