// The grammar of `--only`: `key:value,value` between commas, with quotes around a value that has a comma or a quote in it.
import { type FilterProblem, inQuotes, matchAt, type Place, readQuoted, spaceAfter } from '../query/reading.ts'

const ONLY_KEYS = ['conversation', 'contact', 'event', 'text'] as const

type OnlyKey = (typeof ONLY_KEYS)[number]

/** One thing that is wanted. Any of several is enough. */
export interface OnlyTerm extends Place {
  readonly key: OnlyKey
  /** Not empty, without quotes or white space around it. */
  readonly value: string
}

/** How a filter is written, in one line. */
export const ONLY_FORM =
  'conversation:<id>, contact:<id, name, e-mail or telephone>, event:<pattern> or text:<words>, and commas between several, or between values as in `text:a,b`; quotes around a value that has a comma in it'

/** Nobody writes more, and each delivery is compared with all of it. */
const MAX_TERMS = 200
const MAX_LENGTH = 10_000

const KEY = /([^\s:,"]+)\s*:\s*/y
const BARE = /[^,"]*/y

/** Reads the terms of a filter, in order, or what is wrong with it. In time proportional to its length. */
export function readOnlyTerms(text: string): readonly OnlyTerm[] | FilterProblem {
  if (text.length > MAX_LENGTH)
    return problem(MAX_LENGTH, text.length, 'the filter is too long', `${MAX_LENGTH} characters`)
  const terms: OnlyTerm[] = []
  for (let at = 0; ; ) {
    const term = readTerm(text, at, terms.at(-1)?.key ?? null)
    if ('message' in term) return term
    terms.push(term)
    if (terms.length > MAX_TERMS)
      return problem(term.start, term.end, 'the filter asks for too much', `${MAX_TERMS} values`)
    if (term.end === text.length) return terms
    // What ends a term that is not the last one is its comma.
    at = term.end + 1
  }
}

/** Reads a term, or one more value of the one `before` it: that follows the comma at once, as in a search. */
function readTerm(text: string, at: number, before: OnlyKey | null): OnlyTerm | FilterProblem {
  const start = spaceAfter(text, at)
  const match = matchAt(KEY, text, start)
  if (match === null) {
    const isValue = start === at && nextComma(text, start) > start
    return before !== null && isValue ? readWith(before, text, start, start) : withoutKey(text, start, before)
  }
  const [whole, name = ''] = match
  const key = ONLY_KEYS.find((known) => known === name.toLowerCase())
  if (key === undefined)
    return problem(start, start + name.length, `unknown key \`${name}\``, `one of ${ONLY_KEYS.join(', ')}`)
  return readWith(key, text, start, start + whole.length)
}

function readWith(key: OnlyKey, text: string, start: number, at: number): OnlyTerm | FilterProblem {
  const read = readValue(text, at)
  if ('message' in read) return read
  if (read.value === '') return problem(read.end, read.end, `nothing follows \`${key}:\``, 'a value')
  return { key, value: read.value, start, end: read.end }
}

function withoutKey(text: string, start: number, before: OnlyKey | null): FilterProblem {
  const end = nextComma(text, start)
  const word = text.slice(start, end).trim()
  if (word === '') return problem(start, end, 'nothing is given here', ONLY_FORM)
  const allowed =
    before === null
      ? ONLY_FORM
      : `a key; for one more \`${before}\` no space before it; for a value with a comma in it quotes around the whole`
  return problem(start, end, `\`${word}\` has no key in front of it`, allowed)
}

type Read = { readonly value: string; readonly end: number } | FilterProblem

function readValue(text: string, at: number): Read {
  if (text[at] !== '"') {
    const value = matchAt(BARE, text, at)?.[0] ?? ''
    const end = at + value.length
    if (text[end] !== '"') return { value: value.trim(), end }
    return problem(
      end,
      end + 1,
      'there is a quote inside a value',
      'quotes around the whole value; `\\"` is a quote in it',
    )
  }
  const quote = readQuoted(text, at)
  if ('message' in quote) return quote
  const end = spaceAfter(text, quote.end)
  const next = text.charAt(end)
  if (next !== '' && next !== ',') return problem(end, end + 1, `\`${next}\` follows a quoted value`, 'a comma')
  return { value: quote.text.trim(), end }
}

const problem = (start: number, end: number, message: string, allowed: string): FilterProblem => ({
  start,
  end,
  message,
  allowed,
})

function nextComma(text: string, from: number): number {
  const at = text.indexOf(',', from)
  return at === -1 ? text.length : at
}

/** A term as it is written into a filter: its value in quotes where it needs them. */
export const onlyTermText = ({ key, value }: Pick<OnlyTerm, 'key' | 'value'>): string =>
  /^[^\s,"][^,"]*$/.test(value) ? `${key}:${value}` : `${key}:${inQuotes(value)}`
