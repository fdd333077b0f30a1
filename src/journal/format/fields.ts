// The kinds of value that the fields of a record may hold: how each is written as JSON, and recognised when it is read back.
import { isRecord } from '../../core/json.ts'

export interface FieldKind<T> {
  /** The value as JSON text. */
  write(value: T): string
  /** Tells a value of this kind, as it is written, from any other that JSON may bring. */
  is(value: unknown): value is T
  /** A value of this kind out of one that has more, or in another order; else what `is` does not accept. */
  pick(value: unknown): unknown
  /** Whether the records of earlier versions lack the field: it is then not written while it is `undefined`. */
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

// Most text needs no escape, and to see that takes less time than `JSON.stringify`.
const ESCAPED = /[^ !#-[\]-~]/
const quote = (value: string): string => (ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`)

/** Text of any characters. */
export const anyText: FieldKind<string> = kindOf(isText, quote)

/** Any number that JSON can hold. */
export const number: FieldKind<number> = kindOf(isNumber, String)

/** True, of a field that is absent otherwise. */
export const yes: FieldKind<true> = kindOf((value): value is true => value === true, String)

/** How many, or how many-th: an integer from 0. */
export const count: FieldKind<number> = kindOf(isCount, String)

/** The status of an HTTP answer: three digits, whatever a bot means by them. */
export const httpStatus: FieldKind<number> = kindOf(isStatus, String)

/** Milliseconds since the epoch, of a time that `Date` can show. */
export const time: FieldKind<number> = kindOf(isTime, String)

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): FieldKind<Word> {
  const known: readonly unknown[] = words
  return kindOf(
    (value): value is Word => known.includes(value),
    (word) => `"${word}"`,
  )
}

/** A kind, or `null`. */
export function orNull<T>({ write, is }: FieldKind<T>): FieldKind<T | null> {
  return kindOf(
    (value): value is T | null => value === null || is(value),
    (value) => (value === null ? 'null' : write(value)),
  )
}

/** A kind for a field that earlier versions did not write: `undefined` where the record lacks it. Never the first of an object. */
export function addedLater<T>({ write, is, pick }: FieldKind<T>): FieldKind<T | undefined> {
  return {
    write: (value) => (value === undefined ? '' : write(value)),
    is: (value): value is T | undefined => value === undefined || is(value),
    pick: (value) => (value === undefined ? value : pick(value)),
    isAddedLater: true,
  }
}

/** A kind of object. */
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
      // Most fields of an attempt are numbers: a call for each would cost a third of the whole.
      json += prefix + (typeof value === 'number' ? value : writeValue(value))
    }
    return json
  }

  // Follows the members in their order, because a look-up of each field by its name takes half as long again.
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
