// The flags of a command, made from the table of options and its own: what its parser takes, its help shows and the shells complete.
import { defaultOf, flagName } from '../../config/option-names.ts'
import { type OptionKey, optionOf } from '../../config/options.ts'
import type { CommandSpec } from './command.ts'

export interface Flag {
  /** As help shows it: `-p, --port <number>`. */
  readonly shown: string
  /** `-p` and `--port`, or only one of them. */
  readonly short: string | null
  readonly long: string | null
  /** Whether a value follows. */
  readonly value: 'required' | 'optional' | 'none'
  /** It may be given several times: its value is then a list, in the order given. */
  readonly repeats: boolean
  readonly says: string
  /** The heading under which help shows it. */
  readonly group: string
}

const USUAL_GROUP = 'Options:'

export const HELP_FLAG: Flag = flag('-h, --help', 'show this help', USUAL_GROUP)

export const VERSION_FLAG: Flag = flag('-V, --version', 'show the version', USUAL_GROUP)

/** The flags of a command but `--help`, its own first. */
export const flagsOf = ({ own = [], options }: CommandSpec): readonly Flag[] => [
  ...own.map(({ flags, says, repeats }) => flag(flags, says, USUAL_GROUP, repeats)),
  ...options.flatMap(flagsOfOption),
]

function flagsOfOption(key: OptionKey): readonly Flag[] {
  const { kind, says, saysNo = says, group, short, flag: isFlag } = optionOf(key)
  if (isFlag === false) return []
  const name = flagName(key)
  const words = defaultOf(key) === '' ? says : `${says} (default: ${defaultOf(key)})`
  const make = (shown: string, text: string, repeats?: boolean): Flag =>
    flag(shown, text.replaceAll('`', ''), `${group}:`, repeats)
  const off = make(`--no-${name}`, saysNo)
  if (kind.shown === null) {
    const on = make(`--${name}`, words)
    if (kind.canBeOff) return [on, off]
    return saysNo === says ? [on] : [off]
  }
  const main = make(`${short === undefined ? '' : `-${short}, `}--${name} <${kind.shown}>`, words, kind.repeats)
  return kind.canBeOff ? [main, off] : [main]
}

function flag(shown: string, says: string, group: string, repeats = false): Flag {
  const names = shown.split(/[ ,]+/)
  const value = shown.includes('<') ? 'required' : 'optional'
  return {
    shown,
    short: names.find((name) => /^-[^-]/.test(name)) ?? null,
    long: names.find((name) => name.startsWith('--')) ?? null,
    value: shown.includes('<') || shown.includes('[') ? value : 'none',
    repeats,
    says,
    group,
  }
}
