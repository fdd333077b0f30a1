// The kinds of value that a field of a record can hold: how each is written as JSON, and recognised when read back.
import { isRecord } from '../../core/json.ts'

export interface FieldKind<T> {
  /** The value as JSON text. */
  write(value: T): string
  /** Whether a parsed JSON value is of this kind, exactly as `write` writes it. */
  is(value: unknown): value is T
  /** Extracts a value of this kind from one with more members, or in another order; if there is none, returns what `is` rejects. */
  pick(value: unknown): unknown
  /** Whether records of earlier versions lack the field. `undefined` is then not written. */
  readonly isAddedLater: boolean
}

export type ValueOf<Of> = Of extends FieldKind<infer T> ? T : never

type Kinds = Readonly<Record<string, FieldKind<unknown>>>
type ValuesOf<Of extends Kinds> = { readonly [Name in keyof Of]: ValueOf<Of[Name]> }

const kindOf = <T>(is: (value: unknown) => value is T, write: (value: T) => string): FieldKind<T> => ({
  write,
  is,
  pick: (value) => value,
  isAddedLater: false,
})

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): value is number => isNumber(value) && Number.isSafeInteger(value) && value >= 0
const isStatus = (value: unknown): value is number => isCount(value) && value <= 999
const isTime = (value: unknown): value is number => isNumber(value) && Math.abs(value) <= LATEST
const LATEST = 8.64e15

// Most text needs no escaping, and checking that is faster than `JSON.stringify`.
const ESCAPED = /[^ !#-[\]-~]/
const quote = (value: string): string => (ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`)

/** Text of any characters. */
export const anyText: FieldKind<string> = kindOf(isText, quote)

/** Any number that JSON can hold. */
export const number: FieldKind<number> = kindOf(isNumber, String)

/** `true`, in a field that is otherwise absent. */
export const yes: FieldKind<true> = kindOf((value): value is true => value === true, String)

/** A count or a position: an integer, 0 or more. */
export const count: FieldKind<number> = kindOf(isCount, String)

/** The status of an HTTP answer: up to three digits, because bots send more than HTTP defines. */
export const httpStatus: FieldKind<number> = kindOf(isStatus, String)

/** Milliseconds since the epoch, within the range of `Date`. */
export const time: FieldKind<number> = kindOf(isTime, String)

/** One of the given words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): FieldKind<Word> {
  const known: readonly unknown[] = words
  return kindOf(
    (value): value is Word => known.includes(value),
    (word) => `"${word}"`,
  )
}

/** A value of the given kind, or `null`. */
export function orNull<T>({ write, is }: FieldKind<T>): FieldKind<T | null> {
  return kindOf(
    (value): value is T | null => value === null || is(value),
    (value) => (value === null ? 'null' : write(value)),
  )
}

/** A field that earlier versions did not write: `undefined` where the record lacks it. It cannot be the first of an object. */
export function addedLater<T>({ write, is, pick }: FieldKind<T>): FieldKind<T | undefined> {
  return {
    write: (value) => (value === undefined ? '' : write(value)),
    is: (value): value is T | undefined => value === undefined || is(value),
    pick: (value) => (value === undefined ? value : pick(value)),
    isAddedLater: true,
  }
}

/** The kind of an object whose fields have a fixed order. */
export interface ObjectKind<T> extends FieldKind<T> {
  /** The value as JSON text without its closing brace, so that more members can follow. */
  writeOpen(value: T): string
}

/** An object with these fields in this order. */
export function objectOf<Of extends Kinds>(kinds: Of): ObjectKind<ValuesOf<Of>> {
  const fields = Object.entries(kinds).map(([name, kind], i) => ({
    ...kind,
    name,
    prefix: `${i === 0 ? '{' : ','}"${name}":`,
  }))

  function writeOpen(values: Readonly<Record<string, unknown>>): string {
    let json = ''
    for (const { name, prefix, isAddedLater, write: writeValue } of fields) {
      const value = values[name]
      if (value === undefined && isAddedLater) continue
      // Most fields of an attempt are numbers: calling `write` for each would take a third of the total time.
      json += prefix + (typeof value === 'number' ? value : writeValue(value))
    }
    return json
  }

  // Walks the members in order: looking up each field by name takes half as long again.
  function is(value: unknown): value is ValuesOf<Of> {
    if (!isRecord(value)) return false
    let i = 0
    for (const name in value) {
      let field = fields[i++]
      while (field?.isAddedLater === true && field.name !== name) field = fields[i++]
      if (field?.name !== name || !field.is(value[name])) return false
    }
    while (fields[i]?.isAddedLater === true) i += 1
    return i === fields.length
  }

  const pick = (value: unknown): unknown =>
    isRecord(value) ? Object.fromEntries(fields.map(({ name, pick: from }) => [name, from(value[name])])) : value

  return { writeOpen, write: (values) => `${writeOpen(values)}}`, is, pick, isAddedLater: false }
}
