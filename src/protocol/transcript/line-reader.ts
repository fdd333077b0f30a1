// Reading one line of a transcript from left to right, and naming the place where it is not what it should be.
import { DevHookError } from '../../core/errors.ts'
import { LETTER_ESCAPES } from './escape.ts'

/** A line that is being read. */
export interface LineReader {
  /** How many UTF-16 units have been read. */
  at(): number
  isDone(): boolean
  /** What follows, without reading it. */
  rest(): string
  /** Reads this and nothing else; false when something else follows. */
  take(word: string): boolean
  /** Reads white space. */
  skipSpace(): void
  /** Reads up to one of these characters that is not escaped, or to the end; white space that is not escaped is taken off its end. */
  until(stops: string): string
  /** Reads what stands in quotes; the first one has been read. */
  quoted(): string
  /** An error at this column, from 1; where reading has come to, unless it is given. */
  fail(sentence: string, column?: number): DevHookError
}

/** What a file, or a text, is called in errors, and which line of it is read. */
export interface LinePlace {
  readonly source: string
  /** From 1. */
  readonly line: number
}

/** An error at a place. */
export const failAt = ({ source, line }: LinePlace, column: number, sentence: string): DevHookError =>
  new DevHookError('fixtureInvalid', `${source}:${line}:${column} ${sentence}`)

/** Starts at the beginning of a line. */
export function createLineReader(text: string, place: LinePlace): LineReader {
  let at = 0
  const fail = (sentence: string, column = at + 1): DevHookError => failAt(place, column, sentence)

  function escaped(): string {
    const [all = '', hex] = /^\\u\{([0-9a-f]{1,6})\}/i.exec(text.slice(at, at + 10)) ?? []
    const code = Number.parseInt(hex ?? '', 16)
    if (code <= 0x10ffff) {
      at += all.length
      return String.fromCodePoint(code)
    }
    const character = text[at + 1] ?? ''
    const letter = LETTER_ESCAPES.get(character)
    if (letter === undefined && (character === '' || /[\w\s]/.test(character)))
      throw fail(`\`\\${character}\` is not an escape: write \`\\\\\` for a backslash`)
    at += 2
    return letter ?? character
  }

  /** The text up to one of these characters, and how much of it is left without the white space at its end. */
  function read(stops: string): { readonly parts: readonly string[]; readonly kept: number } {
    const parts: string[] = []
    let kept = 0
    while (at < text.length) {
      const character = text[at] ?? ''
      if (stops.includes(character)) break
      if (character === '\\') parts.push(escaped())
      else {
        at += 1
        parts.push(character)
      }
      if (character !== ' ' && character !== '\t') kept = parts.length
    }
    return { parts, kept }
  }

  return {
    at: () => at,
    isDone: () => at >= text.length,
    rest: () => text.slice(at),
    take: (word) => {
      if (!text.startsWith(word, at)) return false
      at += word.length
      return true
    },
    skipSpace: () => {
      while (text[at] === ' ' || text[at] === '\t') at += 1
    },
    until: (stops) => {
      const { parts, kept } = read(stops)
      return parts.slice(0, kept).join('')
    },
    quoted: () => {
      const begun = at
      const { parts } = read('"')
      if (text[at] !== '"') throw fail('the quote is not closed', begun)
      at += 1
      return parts.join('')
    },
    fail,
  }
}
