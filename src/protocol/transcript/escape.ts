// How text is written within a line of a transcript: what would end it, or could not be seen, is escaped with a backslash.

/** C0, DEL, C1, what turns the reading direction, what ends a line, halves of characters, and the mark of a byte order. */
const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}\ufeff]/gu

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

const byNumber = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** Escapes a text for one line; `special` are the characters that would end it there. */
export function escapeText(text: string, special = ''): string {
  const written = Array.from(text, (character) =>
    character === '\\' || special.includes(character) ? `\\${character}` : character,
  )
  return written.join('').replace(INVISIBLE, (character) => LETTERS.get(character) ?? byNumber(character))
}

/** The same for a text that ends a line: white space around it would be lost. */
export const escapeLine = (text: string, special = ''): string =>
  withEnd(escapeText(text, special).replace(/^\s/u, byNumber))

/** A line whose last character is not white space, which editors take away. */
export const withEnd = (written: string): string => written.replace(/\s$/u, byNumber)

/** A text in quotes. */
export const quote = (text: string): string => `"${escapeText(text, '"')}"`

/** What the letters after a backslash stand for. */
export const LETTER_ESCAPES: ReadonlyMap<string, string> = new Map(
  [...LETTERS].map(([character, [, letter = '']]) => [letter, character]),
)
