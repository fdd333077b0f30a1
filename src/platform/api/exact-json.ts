// JSON whose numbers keep their text, so that what is only passed on is written as it was read.
import { randomUUID } from 'node:crypto'

// Not `JSON.rawJSON`, nor the source text that `JSON.parse` gives a reviver: Node 20 has neither.

/** Stands before the text of a number while it is in a JSON string. Nobody outside can guess it. */
const MARK = randomUUID()
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g')

/** A number that JavaScript would write in another way than it was read: `12345678901234567890`, `1E400`, `-0`, `1.0`. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): string {
    return MARK + this.text
  }
}

/** Lists and objects in one another: nothing that is real comes close, and `JSON.stringify` needs a stack for what is deeper (4,100). */
const MAX_DEPTH = 3_200

/**
 * Parses JSON; a number that would be written in another way becomes an `ExactNumber`. Throws like `JSON.parse`, and for what is nested
 * too deeply to be written again.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const marked = markNumbers(text)
  return marked === text ? value : JSON.parse(marked, (_, field: unknown) => unmarked(field))
}

/** Stringifies JSON; an `ExactNumber` is written as it was read. */
export function stringifyExact(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent)
  return text.includes(MARK) ? text.replaceAll(MARKED, '$1') : text
}

const unmarked = (field: unknown): unknown =>
  typeof field === 'string' && field.startsWith(MARK) ? new ExactNumber(field.slice(MARK.length)) : field

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NUMBER = /-?\d[\d.eE+-]*/y

/** Valid JSON, in which every number that would be written in another way is a marked string. */
function markNumbers(text: string): string {
  let marked = ''
  let copied = 0
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    // Opening brackets and braces, and the closing ones two further on.
    if (code === 0x5b || code === 0x7b) depth += 1
    if (code === 0x5d || code === 0x7d) depth -= 1
    if (depth > MAX_DEPTH) throw new RangeError(`it is nested more than ${MAX_DEPTH} deep`)
    NUMBER.lastIndex = at
    const number = NUMBER.exec(text)?.[0]
    if (number === undefined) continue
    if (JSON.stringify(Number(number)) !== number) {
      marked += `${text.slice(copied, at)}"${MARK}${number}"`
      copied = at + number.length
    }
    at += number.length - 1
  }
  return marked + text.slice(copied)
}

/** The index of the quote that ends a string; `start` is that of the one that begins it. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}
