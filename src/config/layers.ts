// Where options are found, in order of precedence: flags, environment, `.env`, config file.
import { envNames } from './option-names.ts'
import { OPTION_KEYS, type OptionKey, optionOf } from './options.ts'

/** A value as it was found, with the source it is named after in messages. */
export interface Found {
  readonly raw: unknown
  readonly source: string
}

/** One place where options are found. */
export type Layer = (key: OptionKey) => Found | null

export type Environment = Readonly<Record<string, string | undefined>>

/** Flags of the command line, or the options of a library call. */
export function givenLayer(options: Readonly<Record<string, unknown>>, sourceOf: (key: OptionKey) => string): Layer {
  return (key) => (options[key] === undefined ? null : { raw: options[key], source: sourceOf(key) })
}

/** Environment variables; the option's own name goes before the names that other tools use. */
export function environmentLayer(env: Environment, suffix = ''): Layer {
  return (key) => {
    const name = envNames(key).find((candidate) => env[candidate] !== undefined && env[candidate] !== '')
    return name === undefined ? null : { raw: env[name], source: `${name}${suffix}` }
  }
}

/** The values of a config file. */
export function fileLayer(values: Readonly<Record<string, unknown>>, file: string): Layer {
  return (key) =>
    values[key] === undefined || optionOf(key).file === false ? null : { raw: values[key], source: file }
}

/** What each layer in turn has for a key: the first one that has it wins. */
export function firstFound(layers: readonly Layer[], key: OptionKey): Found | null {
  for (const layer of layers) {
    const found = layer(key)
    if (found !== null) return found
  }
  return null
}

/** The keys that a config file may hold. */
export const FILE_KEYS: readonly OptionKey[] = OPTION_KEYS.filter(
  (key) => optionOf(key).file !== false && optionOf(key).flag !== false,
)
