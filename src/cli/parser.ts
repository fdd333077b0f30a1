// The parser of one command, made from its flags and words.
import { Command, Option } from 'commander'
import { defaultOf, flagName } from '../config/option-names.ts'
import { type OptionKey, optionOf } from '../config/options.ts'
import type { CommandSpec } from './command.ts'

/** The parser of a command, under the name that its help calls it. */
export function parserOf(spec: CommandSpec, name: string): Command {
  const program = new Command(name)
    .description(spec.description)
    .usage(spec.usage)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'show this help')
  for (const argument of spec.words ?? []) program.argument(argument)
  for (const { flags, says, repeats } of spec.own ?? []) {
    const own = new Option(flags, says).helpGroup('Options:')
    program.addOption(repeats === true ? own.argParser(collect) : own)
  }
  for (const key of spec.options) for (const flag of flagsOf(key)) program.addOption(flag)
  return program
}

function flagsOf(key: OptionKey): Option[] {
  const { kind, says, saysNo = says, group, short, flag } = optionOf(key)
  if (flag === false) return []
  const name = flagName(key)
  const words = defaultOf(key) === '' ? says : `${says} (default: ${defaultOf(key).replaceAll('`', '')})`
  const option = (flags: string, text: string): Option =>
    new Option(flags, text.replaceAll('`', '')).helpGroup(`${group}:`)
  if (kind.shown === null) {
    const [on, off] = [option(`--${name}`, words), option(`--no-${name}`, saysNo)]
    if (kind.canBeOff) return [on, off]
    return saysNo === says ? [on] : [off]
  }
  const main = option(`${short === undefined ? '' : `-${short}, `}--${name} <${kind.shown}>`, words)
  if (kind.repeats) main.argParser(collect)
  return kind.canBeOff ? [main, option(`--no-${name}`, saysNo)] : [main]
}

const collect = (value: string, earlier: unknown): string[] => [
  ...(Array.isArray(earlier) ? earlier.map(String) : []),
  value,
]
