// The filter of recorded deliveries as people write it: `event:message.* conv:a1b2 outcome:failed status:5xx since:1h body:"refund"`.
import { type BodyTest, FILTER_KEYS, isAbout, type RowTest } from './keys.ts'
import type { FilteredRow } from './outcomes.ts'
import type { FilterProblem } from './reading.ts'
import { readTerms, type Term } from './terms.ts'

/** What a filter asks of a delivery. */
export interface DeliveryQuery {
  readonly fits: (row: FilteredRow) => boolean
  /** What it asks of the text of the body of those that fit; `null` when it does not ask. */
  readonly body: BodyTest | null
}

/** How a filter is written, in one line. */
export const FILTER_FORM = `words to search for, and ${[...FILTER_KEYS.keys()].map((key) => `${key}:`).join(' ')}`

/** Reads a filter, or says what is wrong with it. `now`: what "ago" counts from, in milliseconds since the epoch. */
export function readQuery(text: string, now: number): DeliveryQuery | FilterProblem {
  const terms = readTerms(text)
  if ('message' in terms) return terms
  const rows: RowTest[] = []
  const bodies: BodyTest[] = []
  for (const term of terms) {
    const test = readTest(term, now)
    if ('message' in test) return test
    if (test.of === 'row') rows.push(test.test)
    else bodies.push(test.test)
  }
  return { fits: allOf(rows), body: bodies.length === 0 ? null : allOf(bodies) }
}

/** A problem as one sentence for a person, with the column, which counts from 1. */
export const problemWords = ({ start, message }: FilterProblem): string => `column ${start + 1}: ${message}`

type TestOf = { readonly of: 'row'; readonly test: RowTest } | { readonly of: 'body'; readonly test: BodyTest }

function readTest({ key: name, values, isNegated, start, end }: Term, now: number): TestOf | FilterProblem {
  if (name === null) return { of: 'row', test: not(isNegated, anyOf(values.map(({ text }) => isAbout(text)))) }
  const key = FILTER_KEYS.get(name)
  if (key === undefined) {
    const at = start + (isNegated ? 1 : 0)
    const allowed = `${[...FILTER_KEYS.keys()].join(', ')}; put words with a colon in quotes`
    return { start: at, end: Math.min(end, at + name.length), message: `unknown key \`${name}\``, allowed }
  }
  if (key.of === 'body') return { of: 'body', test: not(isNegated, anyOf(values.map(({ text }) => key.test(text)))) }
  const tests: RowTest[] = []
  for (const value of values) {
    const test = key.test(value.text, now)
    if (test === null)
      return {
        start: value.start,
        end: value.end,
        message: `\`${value.text}\` means nothing to \`${name}\``,
        allowed: key.values,
      }
    tests.push(test)
  }
  return { of: 'row', test: not(isNegated, anyOf(tests)) }
}

type Test<Of> = (of: Of) => boolean

/** Every one of these is true. */
export const allOf =
  <Of>(tests: readonly Test<Of>[]): Test<Of> =>
  (of) =>
    tests.every((test) => test(of))

/** One of these is true, at least. */
export const anyOf =
  <Of>(tests: readonly Test<Of>[]): Test<Of> =>
  (of) =>
    tests.some((test) => test(of))

const not = <Of>(isNegated: boolean, test: Test<Of>): Test<Of> => (isNegated ? (of) => !test(of) : test)
