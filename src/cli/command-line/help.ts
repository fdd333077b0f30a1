// The help of each command, as text of a width: made from the table of commands, before anything else is loaded.
import { envNames } from '../../config/option-names.ts'
import { OPTION_KEYS, optionOf } from '../../config/options.ts'
import { columnFor, pairLines, wrappedText } from '../screen/two-columns.ts'
import type { CommandSpec } from './command.ts'
import { type Flag, flagsOf, HELP_FLAG, VERSION_FLAG } from './command-flags.ts'
import { COMMANDS } from './command-table.ts'

const DAEMON = COMMANDS[0]

/** The command whose help is all that a command line asks for: `--help`, `help`, `events --help`, `help events`; else `null`. */
export function askedHelp(argv: readonly string[]): CommandSpec | null {
  const [first = '', second, more] = argv
  if (more !== undefined) return null
  if (second === undefined) return first === 'help' || isHelpFlag(first) ? DAEMON : null
  if (first === 'help') return commandNamed(second)
  return isHelpFlag(second) ? commandNamed(first) : null
}

const isHelpFlag = (word: string): boolean => word === HELP_FLAG.long || word === HELP_FLAG.short

/** The command of this name; `null` when there is none. */
export const commandNamed = (word: string): CommandSpec | null =>
  COMMANDS.find(({ name, aliases }) => name === word || aliases.includes(word)) ?? null

/** How wide help is where no terminal says so. */
const PAGE_COLUMNS = 80

/** The help of a command, as wide as the terminal is to which it goes. */
export function helpOf(spec: CommandSpec, { columns }: { readonly columns?: number }): string {
  return helpIn(spec, columns || PAGE_COLUMNS)
}

function helpIn(spec: CommandSpec, columns: number): string {
  const name = spec === DAEMON ? 'dev-hook' : `dev-hook ${spec.name}`
  const isDaemon = spec === DAEMON
  return [
    wrappedText(`Usage: ${name} ${spec.usage}`, columns, '  '),
    wrappedText(spec.description, columns),
    // What most people look for comes before the flags, which take some sixty lines.
    ...(isDaemon ? [commandList(columns)] : []),
    section('Examples:', spec.examples, columns, SHARE_OF_EXAMPLES),
    ...flagGroups([...flagsOf(spec), VERSION_FLAG, HELP_FLAG], columns),
    ...(isDaemon ? [environment(columns), wrappedText(KEYS, columns)] : []),
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

/** How much of the width flags may take, and how much whole command lines. */
const SHARE_OF_FLAGS = 0.45
const SHARE_OF_EXAMPLES = 0.55

type Pairs = readonly (readonly [string, string])[]

/** A heading, and pairs below it, which share their column with nothing else. */
function section(heading: string, pairs: Pairs, columns: number, share = SHARE_OF_FLAGS): readonly string[] {
  const column = columnFor(
    pairs.map(([name]) => name),
    columns,
    share,
  )
  return [...wrappedText(heading, columns), ...pairs.flatMap((pair) => pairLines(pair, column, columns))]
}

/** The flags in the groups in which they come first. */
function flagGroups(flags: readonly Flag[], columns: number): readonly (readonly string[])[] {
  const column = columnFor(
    flags.map(({ shown }) => shown),
    columns,
    SHARE_OF_FLAGS,
  )
  const groups = new Map<string, string[]>()
  for (const { shown, says, group } of flags) {
    const lines = groups.get(group) ?? [group]
    groups.set(group, lines)
    lines.push(...pairLines([shown, says], column, columns))
  }
  return [...groups.values()]
}

const KEYS =
  'While it runs: ↑ and ↓ choose a delivery, Enter shows it, r replays it, e edits it and replays that, o opens the page, b restarts the bot, p holds deliveries, t triggers again, q quits, ? lists the keys.'

/** Options without a flag, because a command line is not a place for a secret. */
function environment(columns: number): readonly string[] {
  const rows = OPTION_KEYS.filter((key) => optionOf(key).flag === false).map((key) => {
    const [own = '', known = own] = envNames(key)
    return [known, optionOf(key).says.replaceAll('`', '')] as const
  })
  const rest = ['DEV_HOOK_<FLAG>', 'any flag above, in upper snake case; a config file may hold them too'] as const
  return section('Environment, or .env (secrets are read from nowhere else):', [...rows, rest], columns)
}

function commandList(columns: number): readonly string[] {
  const rows = COMMANDS.slice(1).map(({ name, description }) => [name, beginningOf(description)] as const)
  return section('Commands (each has its own --help):', rows, columns)
}

/** A command has room for the first words of its description. */
const beginningOf = (description: string): string => description.split(/[,.:;]/, 1)[0] ?? description
