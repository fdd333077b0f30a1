// The kinds of value that an option can have: how each is read from text, and how it is described to people and schemas.

import { encodePath, isIllFormed } from '../core/http/encode-path.ts'
import { isLoopback } from '../core/http/loopback.ts'
import { parseDuration } from '../core/text/duration.ts'
import { withoutTrailingSlashes } from '../core/text/trailing-slashes.ts'
import { isEventPattern } from '../protocol/events.ts'
import { readOnly } from '../protocol/only/filter.ts'
import { ONLY_FORM } from '../protocol/only/filter-text.ts'
import { problemWords } from '../protocol/query/query.ts'

/** What reading a value gave: the value, or the end of the sentence `<value> (from <source>) …`. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string }

/** A duration as people write it: `500ms`, `15s`, `2m`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`

/** One kind of value. `Shown` is the text that people write for it. */
export interface Kind<T, Shown extends string = string> {
  /** Shown in help: `--port <port>`; `null` for a switch. */
  readonly shown: string | null
  /** The value as a config file may hold it. */
  readonly schema: Readonly<Record<string, unknown>>
  /** Text from a flag or the environment, or any value of a config file. */
  read(raw: unknown): Parsed<T>
  /** Whether its flag may be given several times: the values then count together. */
  readonly repeats: boolean
  /** Whether a `--no-` flag turns it off, beside the one that gives it. Most switches have one of both. */
  readonly canBeOff: boolean
  /** The value as people write it, for help and README. */
  show(value: T): Shown
  /** The value as a config file holds it: the default in the schema. */
  inFile(value: T): unknown
}

const kind = <T>(
  shown: string | null,
  schema: Readonly<Record<string, unknown>>,
  read: (raw: unknown) => Parsed<T>,
  show: (value: T) => string = String,
): Kind<T> => ({ shown, schema, read, repeats: false, canBeOff: false, show, inFile: (value) => value })

const fromText =
  <T>(read: (text: string) => Parsed<T>) =>
  (raw: unknown): Parsed<T> =>
    isText(raw) ? read(String(raw).trim()) : { problem: 'is neither text nor a number' }

/** Numbers are taken for text: nobody puts quotes around a port. */
const isText = (raw: unknown): raw is string | number => typeof raw === 'string' || typeof raw === 'number'

/** Of the items of a list. */
const notText = (items: readonly unknown[]): { readonly problem: string } | null => {
  const wrong = items.find((item) => !isText(item))
  return wrong === undefined ? null : { problem: `contains ${JSON.stringify(wrong)}, which is not text` }
}

const nonEmpty = (text: string): Parsed<string> => (text === '' ? { problem: 'is empty' } : { value: text })

export const text = (shown: string): Kind<string> => kind(shown, { type: 'string', minLength: 1 }, fromText(nonEmpty))

/** Never a flag, never in a config file, never printed. */
export const secret: Kind<string> = kind('secret', { not: {} }, fromText(nonEmpty), () => '[redacted]')

/** `user:password`, as secret as any other. */
export const credentials: Kind<string> = {
  ...secret,
  read: fromText((given) =>
    /^[^:]*:/.test(given) && !/\p{Cc}/u.test(given) ? { value: given } : { problem: 'is not user:password' },
  ),
}

/** The query of a URL, without its `?`. Its values may be secret: only its names are shown. */
export const query: Kind<string> = kind(
  'query',
  { type: 'string', minLength: 1 },
  fromText((given) => {
    const text = given.replace(/^\?/, '')
    if (text === '') return { problem: 'is empty' }
    if (/[#\s?]/.test(text) || isIllFormed(text)) return { problem: 'is not a query such as key=abc&x=1' }
    return { value: encodePath(text) }
  }),
  (value) =>
    value
      .split('&')
      .map((pair) => pair.replace(/=.*/, '=…'))
      .join('&'),
)

export const port: Kind<number> = kind(
  'port',
  { type: 'integer', minimum: 1, maximum: 65_535 },
  fromText((given) => {
    const number = /^\d{1,5}$/.test(given) ? Number(given) : 0
    return number >= 1 && number <= 65_535 ? { value: number } : { problem: 'is not a port' }
  }),
)

/** Milliseconds inside, `15s` outside. */
export const duration: Kind<number, Duration> = {
  ...kind(
    'time',
    { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$' },
    fromText((given) => {
      const ms = parseDuration(given)
      return ms === null ? { problem: 'is not a duration such as 500ms, 15s or 2m' } : { value: ms }
    }),
  ),
  show: showDuration,
  inFile: showDuration,
}

function showDuration(ms: number): Duration {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}

export const path: Kind<string> = kind(
  'path',
  { type: 'string', pattern: '^/?[^?#\\s]*$' },
  fromText((given) => {
    if (/[?#\s]/.test(given) || isIllFormed(given)) return { problem: 'is not a path' }
    // chipchat adds the leading slash to WEBHOOK_PATH as well.
    return { value: encodePath(given.startsWith('/') ? given : `/${given}`) }
  }),
)

export const switched: Kind<boolean> = kind(null, { type: 'boolean' }, (raw) => {
  if (typeof raw === 'boolean') return { value: raw }
  const given = String(raw).trim().toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(given)) return { value: true }
  if (['0', 'false', 'no', 'off', ''].includes(given)) return { value: false }
  return { problem: 'is neither true nor false' }
})

/** A switch that may be on by itself: it has a flag for either way. */
export const switchedEitherWay: Kind<boolean> = { ...switched, canBeOff: true }

export function choice<const T extends string>(values: readonly T[]): Kind<T> {
  return kind(
    values.join('|'),
    { enum: values },
    fromText((given) => {
      const found = values.find((value) => value === given)
      return found === undefined ? { problem: `is not one of ${values.join(', ')}` } : { value: found }
    }),
  )
}

function list(
  shown: string,
  item: (given: string) => string | null,
  items: Readonly<Record<string, unknown>>,
): Kind<readonly string[]> {
  const read = (raw: unknown): Parsed<readonly string[]> => {
    const items: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
    const wrong = notText(items)
    if (wrong !== null) return wrong
    const given = items.flatMap((part) => String(part).split(',')).map((part) => part.trim())
    const values = given.filter((value) => value !== '')
    if (values.length === 0) return { problem: 'is empty' }
    const problem = values.map(item).find((found) => found !== null)
    return problem ? { problem } : { value: values }
  }
  return { ...kind(shown, { type: 'array', items, minItems: 1 }, read, (values) => values.join(',')), repeats: true }
}

export const patterns = list(
  'patterns',
  (given) => (isEventPattern(given) ? null : `contains ${given}, which is not an event pattern`),
  {
    type: 'string',
  },
)

/** Filters as `--only` takes them, each as it was given: a comma in it may be part of a value. */
export const filters: Kind<readonly string[]> = {
  ...kind<readonly string[]>(
    'filter',
    { type: 'array', items: { type: 'string' }, minItems: 1 },
    (raw) => {
      const items: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
      const wrong = notText(items)
      if (wrong !== null) return wrong
      const given = items.map((part) => String(part).trim())
      const problems = given.flatMap((filter) => {
        const read = readOnly(filter)
        if (!('message' in read)) return []
        const which = given.length === 1 ? '' : ` in \`${filter}\``
        const here = read.allowed === ONLY_FORM ? '' : ` (${read.allowed})`
        return [`has a mistake${which} in ${problemWords(read)}${here}; a filter is ${ONLY_FORM}`]
      })
      const [problem] = problems
      return problem === undefined ? { value: given } : { problem }
    },
    (values) => values.join(','),
  ),
  repeats: true,
}

const paths = list(
  'paths',
  (given) =>
    /[*?{}]/.test(given)
      ? `contains ${given}, which is a pattern; name the folder, all that is in it is watched`
      : null,
  { type: 'string' },
)

/** The words of a switch. A folder that is called like one of them is `./on`. */
const SWITCH = /^(1|true|yes|on|0|false|no|off)$/i

/** Paths, or off; on is the folder of the run. */
export const pathsOrOff: Kind<readonly string[] | false> = {
  ...kind<readonly string[] | false>(
    'paths',
    { anyOf: [paths.schema, { type: 'boolean' }] },
    (raw) => {
      const isSwitch = typeof raw === 'boolean' || (typeof raw === 'string' && SWITCH.test(raw.trim()))
      const given = isSwitch ? switched.read(raw) : paths.read(raw)
      if ('problem' in given || typeof given.value !== 'boolean') return given
      // On is what it is without a word: the folder of the run.
      return { value: given.value ? ['.'] : false }
    },
    (value) => (value === false ? 'off' : value.join(',')),
  ),
  repeats: true,
  canBeOff: true,
}

/** A URL that is https, or stays on this machine: a token must not travel in the clear. */
export const safeUrl: Kind<string> = kind(
  'url',
  { type: 'string', format: 'uri' },
  fromText((given) => {
    if (!URL.canParse(given)) return { problem: 'is not a URL' }
    const url = new URL(given)
    const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    return safe ? { value: withoutTrailingSlashes(given) } : { problem: 'is neither https nor on this machine' }
  }),
)
