// The command line's grammar: commands and their flags, made from the table of options.
import { CommanderError, Option } from 'commander'
import { closestMatch } from 'leven'
import type { Environment } from '../../config/layers.ts'
import { OPTION_KEYS, type Options } from '../../config/options.ts'
import { DevHookError } from '../../core/errors.ts'
import type { CommandSpec } from './command.ts'
import { flagsOf, VERSION_FLAG } from './command-flags.ts'
import { COMMANDS } from './command-table.ts'
import { dashesRemedy, type SplitLine } from './forgotten-dashes.ts'
import { commandNamed } from './help.ts'
import { parserOf } from './parser.ts'
import { commandsWith, firstWordAt, nameOf } from './split-words.ts'

/** What a command line asks for. */
export type ParsedCommandLine =
  | {
      readonly is: 'run'
      readonly spec: CommandSpec
      readonly options: Options
      readonly own: Readonly<Record<string, unknown>>
      readonly words: readonly string[]
      readonly command: readonly string[] | null
    }
  | { readonly is: 'help'; readonly spec: CommandSpec }
  | { readonly is: 'version' }

/** Parses argv (without node and script). Throws `usage`, with the nearest name for a misspelled one. */
export function parse(argv: readonly string[], env: Environment = {}): ParsedCommandLine {
  const at = argv.indexOf('--')
  const ours = at === -1 ? argv : argv.slice(0, at)
  const command = at === -1 ? null : argv.slice(at + 1)
  if (command?.length === 0) throw new DevHookError('usage', 'no command follows `--`')
  // Flags may stand before the command that they are of.
  const named = firstWordAt(ours)
  const name = ours[named]
  if (name === undefined) return parseWith(DAEMON, ours, command)
  const words = ours.toSpliced(named, 1)
  if (name === 'help') return { is: 'help', spec: helpWith(words[firstWordAt(words)]) }
  const spec = find(name, { before: ours.slice(0, named), rest: ours.slice(named) }, env)
  const bots = firstWordAt(words)
  if (spec.takesCommand && spec.words === undefined && bots !== -1) {
    if (command !== null) throw oneWordMore(spec, words[bots] ?? '')
    throw withoutDashes(spec, words, bots, env)
  }
  if (command !== null && !spec.takesCommand)
    throw new DevHookError('usage', `\`dev-hook ${spec.name}\` does not take a command after \`--\``)
  return parseWith(spec, words, command)
}

const DAEMON = COMMANDS[0]

function find(name: string, split: SplitLine, env: Environment): CommandSpec {
  const found = commandNamed(name)
  if (found !== null) return found
  const remedy = `${dashesRemedy(split, env)}; otherwise see \`dev-hook --help\``
  throw unknownCommand(name, { remedy })
}

/** The command that `help` is asked about. Nobody starts a bot there. */
function helpWith(name: string | undefined): CommandSpec {
  if (name === undefined || name === 'help') return DAEMON
  const found = commandNamed(name)
  if (found === null) throw unknownCommand(name, {})
  return found
}

/** The nearest name, or else the remedy given. */
function unknownCommand(name: string, otherwise: { readonly remedy?: string }): DevHookError {
  const names = COMMANDS.flatMap((spec) => [spec.name, ...spec.aliases])
  // `node` is nearly as far from `dev` as from anything: a word of which half is wrong was not misspelled.
  const maxDistance = Math.min(3, Math.ceil(name.length / 2))
  const flag =
    flagsOf(DAEMON).find(({ long }) => long === `--${name}`) ?? (name === 'version' ? VERSION_FLAG : undefined)
  const nearest = flag?.long ?? (/[./]/.test(name) ? undefined : closestMatch(name, names, { maxDistance }))
  if (nearest === undefined) return new DevHookError('usage', `unknown command \`${name}\``, otherwise)
  return new DevHookError('usage', `unknown command \`${name}\`; did you mean \`${nearest}\`?`)
}

/** Of words that no flag takes: the command that starts the bot, in the wrong place. */
function withoutDashes(spec: CommandSpec, words: readonly string[], at: number, env: Environment): DevHookError {
  const name = spec === DAEMON ? [] : [spec.name]
  const split = { before: [...name, ...words.slice(0, at)], rest: words.slice(at) }
  return new DevHookError('usage', `unknown argument \`${words[at]}\``, { remedy: dashesRemedy(split, env) })
}

function parseWith(spec: CommandSpec, words: readonly string[], command: readonly string[] | null): ParsedCommandLine {
  const program = parserOf(spec)
  try {
    program.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { is: 'help', spec }
    if (error.code === 'commander.version') return { is: 'version' }
    if (error.code === 'commander.excessArguments') throw oneWordMore(spec, program.args[spec.words?.length ?? 0] ?? '')
    const valued = valueTooMuch(spec, error)
    if (valued !== null) throw valued
    const elsewhere = commandMeant(error) ?? remedyElsewhere(error)
    const remedy = elsewhere ?? `see \`dev-hook ${spec === DAEMON ? '' : `${spec.name} `}--help\``
    const message = inOurWords(elsewhere === null ? error.message : withoutNearest(error.message))
    throw new DevHookError('usage', message, { remedy, cause: error })
  }
  const given = Object.entries(program.opts()).filter(([key]) => program.getOptionValueSource(key) === 'cli')
  refuseEmpty(spec, given)
  const isTable = (key: string): boolean => OPTION_KEYS.some((known) => known === key)
  return {
    is: 'run',
    spec,
    options: Object.fromEntries(given.filter(([key]) => isTable(key))),
    own: Object.fromEntries(given.filter(([key]) => !isTable(key))),
    words: program.args,
    command,
  }
}

/**
 * A variable of a script that is not set leaves an empty value, which begins every id and every name: it would mean all of them. Those of
 * the table of options say by themselves what they take.
 */
function refuseEmpty(
  { name, own = [] }: CommandSpec,
  given: readonly (readonly [key: string, value: unknown])[],
): void {
  for (const { flags, mayBeEmpty } of own) {
    const option = new Option(flags)
    if (mayBeEmpty === true || !given.some(([key, value]) => key === option.attributeName() && value === '')) continue
    throw new DevHookError('usage', `\`${option.long}\` is empty`, { remedy: `see \`dev-hook ${name} --help\`` })
  }
}

/** A word more than the command takes. Where it takes some, quotes may be missing. */
function oneWordMore({ name, words = [], usage }: CommandSpec, word: string): DevHookError {
  const isDaemon = name === DAEMON.name
  const help = `\`dev-hook ${isDaemon ? '' : `${name} `}--help\``
  const quotes = words.length > 0 ? 'put quotes around what has spaces, or ' : ''
  // What is given by flags alone reads as a usage of its own.
  const flags = usage.startsWith('--') ? `give it by its flag: \`dev-hook ${name} ${usage}\`; ` : ''
  return new DevHookError('usage', `unknown argument \`${word}\``, { remedy: `${flags}${quotes}see ${help}` })
}

/** The flag that a command line has and the parser does not know, as it was given. */
const unknownIn = ({ code, message }: CommanderError): string | undefined =>
  code === 'commander.unknownOption' ? /'(.+?)'/.exec(message)?.[1] : undefined

/** A value for a flag that takes none, as in `--json=false`; `null` when it is something else. */
function valueTooMuch(spec: CommandSpec, error: CommanderError): DevHookError | null {
  const given = unknownIn(error) ?? ''
  const flag = nameOf(given)
  const flags = flagsOf(spec)
  if (flag === given || !flags.some(({ long }) => long === flag)) return null
  const value = given.slice(flag.length)
  const opposite = flag.replace(/^--/, '--no-')
  const isNo = /^=(?:false|no|off|0)$/i.test(value) && flags.some(({ long }) => long === opposite)
  const remedy = isNo ? `write \`${opposite}\` instead` : `leave out \`${value}\``
  return new DevHookError('usage', `option \`${flag}\` takes no value`, { remedy, cause: error })
}

/** A command that was written as a flag, or a flag in the wrong case; `null` when it is something else. */
function commandMeant(error: CommanderError): string | null {
  const flag = nameOf(unknownIn(error) ?? '')
  if (flag === '-v') return 'write `--version`, or `--verbose`'
  return flag.startsWith('--') && commandNamed(flag.slice(2)) !== null
    ? `write the command without dashes: \`dev-hook ${flag.slice(2)}\``
    : null
}

/** Where an unknown flag belongs; `null` when no command has it. */
function remedyElsewhere(error: CommanderError): string | null {
  const flag = unknownIn(error)
  const commands = flag === undefined ? [] : commandsWith(flag)
  if (flag === undefined || commands.length === 0) return null
  const lines = commands.map((name) => `\`dev-hook ${name === DAEMON.name ? '' : `${name} `}${nameOf(flag)}\``)
  const shown = lines.length > 3 ? [...lines.slice(0, 3), 'others'] : lines
  return `it is a flag of ${[shown.slice(0, -1).join(', '), shown.at(-1)].filter(Boolean).join(' and ')}`
}

const NEAREST = /\n\(Did you mean ((?:one of )?)([^?\n]*)\?\)$/

const withoutNearest = (message: string): string => message.replace(NEAREST, '')

/** What the parser of flags says, in the style of all other messages: names in backticks, one line, no heading. */
const inOurWords = (message: string): string =>
  message
    .replace(/^error: /, '')
    .replace(/^option '(.+)' argument missing$/, "option '$1' needs a value")
    .replace(NEAREST, '; did you mean $1`$2`?')
    .replaceAll("'", '`')
