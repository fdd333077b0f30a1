// The help of each command, as text of a width: made from the table of commands, before anything else is loaded.
import { OPTION_KEYS, optionOf } from '../config/options.ts'
import type { CommandSpec } from './command.ts'
import { type Flag, flagsOf, HELP_FLAG } from './command-flags.ts'
import { COMMANDS } from './command-table.ts'
import { wrapWords } from './screen/text-width.ts'

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
  return [
    `Usage: ${name} ${spec.usage}`,
    wrapped(spec.description, columns).join('\n'),
    // What most people look for stands before the flags, of which there are some sixty lines.
    ...(spec === DAEMON ? [commandList()] : []),
    examples(spec),
    ...flagGroups([...flagsOf(spec), HELP_FLAG], columns),
    ...(spec === DAEMON ? [environment(), KEYS] : []),
  ].join('\n\n')
}

/** The flags in the groups in which they come first. */
function flagGroups(flags: readonly Flag[], columns: number): readonly string[] {
  const width = Math.max(...flags.map(({ shown }) => shown.length))
  const groups = new Map<string, string[]>()
  for (const { shown, says, group } of flags) {
    const rows = groups.get(group) ?? []
    groups.set(group, rows)
    const [line = '', ...more] = wrapped(says, columns - width - INDENT.length - GAP.length)
    rows.push(`${INDENT}${shown.padEnd(width)}${GAP}${line}`, ...more.map((rest) => ' '.repeat(width + 4) + rest))
  }
  return [...groups].map(([heading, rows]) => [heading, ...rows].join('\n'))
}

const INDENT = '  '
const GAP = '  '

/** Where there is less room than that, a terminal breaks lines better than we do. */
const LEAST_COLUMNS = 40

const wrapped = (text: string, columns: number): readonly string[] =>
  columns < LEAST_COLUMNS ? [text] : wrapWords(text, columns)

const KEYS =
  'While it runs: ↑ and ↓ choose a delivery, Enter shows it, r replays it, e edits it and replays that, o opens the page,\nb restarts the bot, p holds deliveries, t triggers again, q quits, ? lists the keys.'

/** What has no flag, because a command line is no place for a secret. */
function environment(): string {
  const rows = OPTION_KEYS.filter((key) => optionOf(key).flag === false).map((key) => {
    const { env = [], says } = optionOf(key)
    return `  ${(env[0] ?? '').padEnd(18)} ${says}`
  })
  const rest = '  DEV_HOOK_<FLAG>    any flag above, in upper snake case; a config file may hold them too'
  return ['Environment, or .env (secrets are read from nowhere else):', ...rows, rest].join('\n')
}

function commandList(): string {
  const rows = COMMANDS.slice(1).map(({ name, description }) => `  ${name.padEnd(12)} ${beginningOf(description)}`)
  return ['Commands (each has its own --help):', ...rows].join('\n')
}

/** A command has room for the first words of its description. */
const beginningOf = (description: string): string => description.split(/[,.:;]/, 1)[0] ?? description

const examples = ({ examples: rows }: CommandSpec): string =>
  ['Examples:', ...rows.map(([line, says]) => `  ${line.padEnd(50)} ${says}`)].join('\n')
