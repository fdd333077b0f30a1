// Text from outside, made fit to be printed: nothing in it can move the cursor or turn the reading direction.
import { stripVTControlCharacters } from 'node:util'

const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}]+/gu
const UNPRINTABLE_IN_LINES = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u

/** More code units than people put into one character, flags and families included. */
const UNITS_PER_CHARACTER = 16

/** One line of harmless text, cut to a number of characters as people see them. */
export function sanitize(text: string, longest = 200): string {
  // A message may be megabytes long, and counting what people see as one character is slow.
  const start = text.slice(0, longest * UNITS_PER_CHARACTER)
  const clean = stripVTControlCharacters(start).replace(UNPRINTABLE, ' ').trim()
  if (clean.length <= longest) return clean
  const characters = Array.from(new Intl.Segmenter().segment(clean), ({ segment }) => segment)
  return characters.length <= longest ? clean : `${characters.slice(0, longest - 1).join('')}…`
}

/** Harmless lines of a text, whole and with their indentation. */
export const sanitizeLines = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => stripVTControlCharacters(line).replaceAll('\t', '  ').replace(UNPRINTABLE, ' '))

/** Whether a text may be printed as it is: it is made of lines that would not change. */
export const isHarmless = (text: string): boolean => !UNPRINTABLE_IN_LINES.test(text)
