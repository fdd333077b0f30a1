// The command line as a shell has to know it: commands, their flags, and what each takes.
import type { CommandSpec } from '../command-line/command.ts'
import { flagsOf } from '../command-line/command-flags.ts'

/** What comes after a flag, or as a word of a command. */
export type Takes =
  | { readonly is: 'nothing' | 'file' | 'folder' }
  /** Only the person knows it. */
  | { readonly is: 'text'; readonly name: string }
  | { readonly is: 'choice'; readonly choices: readonly string[] }
  /** dev-hook itself knows it: `dev-hook completion --list <what>` prints it. */
  | { readonly is: 'listed'; readonly what: 'ids' | 'profiles' | 'events' }

export interface FlagGrammar {
  /** `-p` and `--port`, or only one of them. */
  readonly short: string | null
  readonly long: string
  readonly takes: Takes
  readonly repeats: boolean
  readonly says: string
}

export interface CommandGrammar {
  /** The name, and then its aliases. */
  readonly names: readonly [string, ...string[]]
  readonly says: string
  readonly flags: readonly FlagGrammar[]
  readonly word: Takes
  /** Whether the bot's own command may stand after `--`. */
  readonly takesCommand: boolean
}

const HELP: FlagGrammar = { short: '-h', long: '--help', takes: { is: 'nothing' }, repeats: false, says: 'help' }
const VERSION: FlagGrammar = {
  short: '-V',
  long: '--version',
  takes: { is: 'nothing' },
  repeats: false,
  says: 'the version',
}

/** The grammar of a command. */
export function grammarOf(spec: CommandSpec): CommandGrammar {
  const flags = flagsOf(spec).map(({ shown, short, long, repeats, says }): FlagGrammar => {
    const placeholder = /<([^<>]+)>/.exec(shown)?.[1]
    return {
      short,
      long: long ?? shown,
      takes: takesOfFlag(spec, shown, placeholder),
      repeats,
      says: withoutDefault(says),
    }
  })
  const [word] = spec.words ?? []
  return {
    names: [spec.name, ...spec.aliases],
    says: spec.description,
    flags: [...flags, HELP, VERSION],
    word: word === undefined ? { is: 'nothing' } : takesOfWord(word.replace(/[<>[\].]/g, '')),
    takesCommand: spec.takesCommand,
  }
}

function takesOfFlag({ own = [] }: CommandSpec, flags: string, placeholder: string | undefined): Takes {
  if (placeholder === undefined) return { is: 'nothing' }
  const choices = own.find((flag) => flag.flags === flags)?.choices
  if (choices !== undefined) return { is: 'choice', choices }
  return flags.startsWith('--profile ') ? { is: 'listed', what: 'profiles' } : takesOf(placeholder)
}

/** The words of a command are its own: an `id` is that of a delivery. */
function takesOfWord(name: string): Takes {
  if (name === 'event') return { is: 'listed', what: 'events' }
  return name === 'id' ? { is: 'listed', what: 'ids' } : takesOf(name)
}

/** What stands between `<` and `>` in the help says what is to be completed. */
function takesOf(placeholder: string): Takes {
  const names = placeholder.split('|')
  if (names.includes('file') || names.includes('paths')) return { is: 'file' }
  if (names.includes('folder')) return { is: 'folder' }
  return names.length > 1 ? { is: 'choice', choices: names } : { is: 'text', name: placeholder }
}

const withoutDefault = (description: string): string => description.split(' (default: ', 1).join('')
