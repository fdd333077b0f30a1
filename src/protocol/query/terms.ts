// The grammar of a filter: terms between spaces, each `word,word` or `key:value,value`, `-` in front for "not", quotes around anything.
import { type FilterProblem, inQuotes, matchAt, type Place, readQuoted, spaceAfter } from './reading.ts'

/** One of several that a term allows. */
export interface TermValue extends Place {
  readonly text: string
}

/** One part of a filter. All of them have to be true. */
export interface Term extends Place {
  readonly isNegated: boolean
  /** `null` for a word without a key. */
  readonly key: string | null
  /** One or more: any one of them is enough. */
  readonly values: readonly TermValue[]
}

const KEY = /[a-z][a-z-]*:/iy
/** A value goes to the next space or comma. */
const VALUE = /[^\s,]+/y
/** In a word without a key, a comma with nothing before or behind it is a part of what was said: `hello, there`. */
const WORD = /,*[^\s,]+(?:,+(?=\s|$))?|,+/y

/** Reads the terms of a filter, in order, or what is wrong with it. In time proportional to its length. */
export function readTerms(text: string): readonly Term[] | FilterProblem {
  const terms: Term[] = []
  let at = spaceAfter(text, 0)
  while (at < text.length) {
    const term = readTerm(text, at)
    if ('message' in term) return term
    terms.push(term)
    at = spaceAfter(text, term.end)
  }
  return terms
}

/** A value as it is written into a filter: in quotes where it needs them. */
export const quoted = (value: string): string => (/^[^\s",:\\-][^\s",:\\]*$/.test(value) ? value : inQuotes(value))

function readTerm(text: string, start: number): Term | FilterProblem {
  const isNegated = text[start] === '-'
  const first = isNegated ? start + 1 : start
  if (first === text.length || spaceAfter(text, first) > first) return nothingAfter('-', first)
  const key = matchAt(KEY, text, first)?.[0]
  const name = key === undefined ? null : key.slice(0, -1).toLowerCase()
  const values: TermValue[] = []
  let at = first + (key?.length ?? 0)
  for (;;) {
    const next = text.charAt(at)
    if (next === '' || /\s/.test(next) || (next === ',' && name !== null))
      return nothingAfter(text.slice(first, at), at)
    const value = readValue(text, at, name === null ? WORD : VALUE)
    if ('message' in value) return value
    values.push(value)
    if (text[value.end] !== ',') return { start, end: value.end, isNegated, key: name, values }
    at = value.end + 1
  }
}

function readValue(text: string, start: number, bare: RegExp): TermValue | FilterProblem {
  if (text[start] !== '"') {
    const [word = ''] = matchAt(bare, text, start) ?? []
    return { start, end: start + word.length, text: word }
  }
  const quote = readQuoted(text, start)
  if ('message' in quote) return quote
  const { end } = quote
  const next = text.charAt(end)
  if (next !== '' && !/[\s,]/.test(next))
    return { start: end, end: end + 1, message: `\`${next}\` follows a quoted text`, allowed: 'a space, or a comma' }
  return quote
}

const nothingAfter = (what: string, at: number): FilterProblem => ({
  start: at,
  end: at,
  message: `nothing follows \`${what}\``,
  allowed: 'a value, or words in quotes',
})
