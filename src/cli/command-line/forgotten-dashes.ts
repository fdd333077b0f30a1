// What to say of a bot's command that does not stand after `--`.
import type { Environment } from '../../config/layers.ts'
import { flagName } from '../../config/option-names.ts'
import { OPTION_KEYS, optionOf } from '../../config/options.ts'
import { programFor } from '../../core/files/program-for.ts'

/** A command line up to a word that dev-hook does not know, and from there on. */
export interface SplitLine {
  /** The name of the command and its flags: `sandbox --port 3000`. */
  readonly before: readonly string[]
  /** At least one word. */
  readonly rest: readonly string[]
}

/** The remedy: the same line as it works, also in the script of the package manager that has started dev-hook. */
export function dashesRemedy({ before, rest }: SplitLine, env: Environment): string {
  const { npm_lifecycle_event: script, npm_lifecycle_script: line, npm_config_user_agent: manager } = env
  const isOfScript = script !== undefined && script !== 'npx' && line?.includes('dev-hook') === true
  if (!isOfScript) {
    return `to start the bot with dev-hook, put its command after \`--\`: ${said(['dev-hook', ...before, '--', ...botCommand(rest)])}`
  }
  const isNpm = manager?.startsWith('npm/') === true
  const taken = isNpm ? flagTakenByNpm(env) : null
  if (taken !== null) return `npm has taken --${taken} for itself: npm run ${script} -- --${taken} ${rest[0]}`
  const inScript = `${line} -- ${said(botCommand(rest))}`
  const typed = isNpm ? `, or type both dashes twice: npm run ${script} -- -- ${said(botCommand(rest))}` : ''
  return `put the bot's command after \`--\` in the script: ${JSON.stringify(script)}: ${JSON.stringify(inScript)}${typed}`
}

/** npm keeps a flag that stands before its own `--` as a switch of its own, and passes on the value alone. */
function flagTakenByNpm(env: Environment): string | null {
  const name = OPTION_KEYS.filter((key) => optionOf(key).kind.shown !== null)
    .map(flagName)
    .find((flag) => env[`npm_config_${flag.replaceAll('-', '_')}`] === 'true')
  return name ?? null
}

/** A file alone cannot be started on every system: the program that runs it goes before it. */
function botCommand(words: readonly string[]): readonly string[] {
  const [first = ''] = words
  const program = programFor(first)
  return program === undefined ? words : [program, ...words]
}

const said = (words: readonly string[]): string =>
  words.map((word) => (/^[\w.:/@%+=,*-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
