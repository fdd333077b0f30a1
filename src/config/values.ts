// The value of every option, read from the layers in which options are found.
import { secretsInQuery } from '../core/text/redact.ts'
import { credentials, type Kind, query, secret } from './kinds.ts'
import { type Found, firstFound, type Layer } from './layers.ts'
import { OPTION_KEYS, OPTION_TABLE, type OptionDraft, type OptionKey, type OptionValues, optionOf } from './options.ts'

/** Where each value came from, as messages name it; a default has no source. */
export type Sources = Readonly<Partial<Record<OptionKey, string>>>

/** Reads every option; each value that is not valid adds a line to `problems`, and its option keeps the default. */
export function readValues(
  layers: readonly Layer[],
  problems: string[],
): { readonly values: OptionValues; readonly sources: Sources } {
  const draft: OptionDraft = {}
  const sources: Partial<Record<OptionKey, string>> = {}
  for (const key of OPTION_KEYS) {
    const found = firstFound(layers, key)
    readInto(draft, key, found, problems)
    if (found !== null) sources[key] = found.source
  }
  if (!isComplete(draft)) throw new Error('an option of the table was not read')
  return { values: draft, sources: Object.freeze(sources) }
}

function readInto<K extends OptionKey>(draft: OptionDraft, key: K, found: Found | null, problems: string[]): void {
  const { kind, fallback } = OPTION_TABLE[key]
  draft[key] = fallback
  if (found === null) return
  const parsed = found.raw === null ? IS_NULL : kind.read(found.raw)
  if ('value' in parsed) draft[key] = parsed.value
  else
    problems.push(
      `${key} ${isSecret(key) || optionOf(key).kind === query ? '' : `${shown(found.raw)} `}(from ${found.source}) ${parsed.problem}`,
    )
}

/** JSON has no other word for "nothing", and leaving it out says that. */
const IS_NULL = { problem: 'says nothing: leave it out' }

const isComplete = (draft: OptionDraft): draft is OptionValues => OPTION_KEYS.every((key) => draft[key] !== undefined)

function shown(raw: unknown): string {
  if (Array.isArray(raw) && raw.length > 0 && raw.every((item) => typeof item === 'string'))
    return raw.map(shown).join(',')
  return typeof raw === 'string' && raw !== '' ? raw : JSON.stringify(raw)
}

/** Whether an option holds a secret: it has no flag, does not stand in a config file, and is never printed. */
export const isSecret = (key: OptionKey): boolean => SECRET_KINDS.includes(optionOf(key).kind)

const SECRET_KINDS: readonly Kind<unknown>[] = [secret, credentials]

/** Every secret among the values, for whoever prints: all of them are to be redacted. */
export const secretsOf = (values: OptionValues): readonly string[] => [
  ...OPTION_KEYS.filter(isSecret)
    .map((key) => values[key])
    .filter((value) => typeof value === 'string'),
  ...secretsInQuery(values.botQuery ?? ''),
]
