// The shapes of what operations take and give: each reads a value from outside, and describes itself as JSON Schema.
import { isRecord, type Json } from '../../core/json.ts'

/** What is wrong with a value, as the end of a sentence: `` `limit` is not a whole number from 1 to 500 ``. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}

/** The form of a value. */
export interface Shape<out T> {
  /** As JSON Schema (2020-12). */
  readonly schema: Json
  /** Checks a value, which is called `at`. Throws `Mismatch`. Fields that an object should not have are left out. */
  read(given: unknown, at: string): T
}

/** The type of the values of a shape. */
export type Of<S> = S extends Shape<infer T> ? T : never

type Fields = Readonly<Record<string, Shape<unknown>>>

/** An object of these fields, of which those in `More` may be absent. */
type ObjectOf<F extends Fields, More extends Fields> = { readonly [K in keyof F]: Of<F[K]> } & {
  readonly [K in keyof More]?: Of<More[K]>
}

function shape<T>(schema: Json, what: string, is: (given: unknown) => given is T): Shape<T> {
  return {
    schema,
    read: (given, at) => {
      if (is(given)) return given
      throw new Mismatch(`\`${at}\` is not ${what}`)
    },
  }
}

/** Text of at most so many characters; `empty: false` refuses the empty one. */
export function text({ max, empty = true }: { readonly max?: number; readonly empty?: boolean } = {}): Shape<string> {
  const bounds = { ...(empty ? {} : { minLength: 1 }), ...(max !== undefined && { maxLength: max }) }
  const any = shape({ type: 'string', ...bounds }, 'text', (given) => typeof given === 'string')
  return {
    schema: any.schema,
    read: (given, at) => {
      const value = any.read(given, at)
      if (!empty && value.trim() === '') throw new Mismatch(`\`${at}\` is empty`)
      if (max !== undefined && value.length > max) throw new Mismatch(`\`${at}\` is longer than ${max} characters`)
      return value
    },
  }
}

/** A whole number between two bounds, both included. */
export const integer = (minimum: number, maximum: number): Shape<number> =>
  shape(
    { type: 'integer', minimum, maximum },
    `a whole number from ${minimum} to ${maximum}`,
    (given): given is number => Number.isInteger(given) && Number(given) >= minimum && Number(given) <= maximum,
  )

export const number: Shape<number> = shape(
  { type: 'number' },
  'a number',
  (given): given is number => typeof given === 'number' && Number.isFinite(given),
)

export const flag: Shape<boolean> = shape(
  { type: 'boolean' },
  'true or false',
  (given): given is boolean => typeof given === 'boolean',
)

/** A time as ISO 8601. */
export const time: Shape<string> = shape(
  { type: 'string', format: 'date-time' },
  'a time',
  (given): given is string => typeof given === 'string',
)

/** A time as ISO 8601 that is given, and has to be one. */
export const moment: Shape<string> = shape(
  { type: 'string', format: 'date-time' },
  'a time in ISO 8601',
  (given): given is string => typeof given === 'string' && given.length <= 40 && !Number.isNaN(Date.parse(given)),
)

/** One of these words. */
export const choice = <const T extends string>(...words: readonly T[]): Shape<T> =>
  shape({ enum: words }, `one of ${words.join(', ')}`, (given): given is T => words.some((word) => word === given))

/** Any JSON value, as it is. */
export const anything: Shape<unknown> = { schema: {}, read: (given) => given ?? null }

/** Any JSON object, as it is. */
export const anyObject: Shape<Json> = shape({ type: 'object' }, 'a JSON object', isRecord)

export const orNull = <T>({ schema, read }: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [schema, { type: 'null' }] },
  read: (given, at) => (given === null ? null : read(given, at)),
})

/** A list of at most so many values. */
export const list = <T>(item: Shape<T>, max?: number): Shape<readonly T[]> => ({
  schema: { type: 'array', items: item.schema, ...(max !== undefined && { maxItems: max }) },
  read: (given, at) => {
    if (!Array.isArray(given)) throw new Mismatch(`\`${at}\` is not a list`)
    if (max !== undefined && given.length > max) throw new Mismatch(`\`${at}\` has more than ${max} items`)
    return given.map((value, n) => item.read(value, `${at}[${n}]`))
  },
})

/** A name and a value. */
export const pair = <A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> => ({
  schema: { type: 'array', prefixItems: [first.schema, second.schema], minItems: 2, maxItems: 2 },
  read: (given, at) => {
    if (!Array.isArray(given) || given.length !== 2) throw new Mismatch(`\`${at}\` is not a pair`)
    return [first.read(given[0], `${at}[0]`), second.read(given[1], `${at}[1]`)]
  },
})

/** An object with these fields, and perhaps with `more`. */
export function object<F extends Fields, More extends Fields = Readonly<Record<never, never>>>(
  fields: F,
  more?: More,
): Shape<ObjectOf<F, More>> {
  const schemas = Object.entries({ ...fields, ...more }).map(([name, { schema }]) => [name, schema])
  return {
    schema: { type: 'object', properties: Object.fromEntries(schemas), required: Object.keys(fields) },
    read: (given, at) => {
      if (!isRecord(given)) throw new Mismatch(`\`${at}\` is not a JSON object`)
      const read = (from: Fields, names: readonly string[]) =>
        names.map((name) => [name, from[name]?.read(given[name], `${at}.${name}`)])
      const there = Object.keys(more ?? {}).filter((name) => given[name] !== undefined)
      // Each of its fields has just been read by the shape that stands under its name.
      return Object.fromEntries([
        ...read(fields, Object.keys(fields)),
        ...read(more ?? {}, there),
      ]) as unknown as ObjectOf<F, More>
    },
  }
}
