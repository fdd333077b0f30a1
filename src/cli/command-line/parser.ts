// The parser of one command, made from its flags and words.
import { Command, Option } from 'commander'
import type { CommandSpec } from './command.ts'
import { flagsOf, HELP_FLAG, VERSION_FLAG } from './command-flags.ts'

/** The parser of a command. It prints nothing: help is that of `help.ts`. */
export function parserOf(spec: CommandSpec): Command {
  const program = new Command(spec.name)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .allowExcessArguments(false)
    .helpOption(HELP_FLAG.shown)
  for (const argument of spec.words ?? []) program.argument(argument)
  for (const { shown, repeats } of flagsOf(spec)) {
    const option = new Option(shown)
    program.addOption(repeats ? option.argParser(collect) : option)
  }
  return program.version('', VERSION_FLAG.shown)
}

const collect = (value: string, earlier: unknown): string[] => [
  ...(Array.isArray(earlier) ? earlier.map(String) : []),
  value,
]
