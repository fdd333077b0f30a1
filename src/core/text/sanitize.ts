// Text from outside made fit to be printed: one line, in which nothing can move the cursor or turn the reading direction.
import { toUSVString } from 'node:util'

// No part of an expression may match where another one begins: then each takes time in proportion to the text.
const [ESC, BEL, CSI, ST] = ['\u001b', '\u0007', '\u009b', '\u009c']
/** What a terminal takes for one command: CSI, then strings such as OSC with their end, then the rest of what begins with ESC. */
const SEQUENCE = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])\\P{Cc}*(?:${BEL}|${ST}|${ESC}\\\\)`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'gu',
)
/** C0, DEL and C1; what turns the reading direction; what ends a line. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu
const SUSPECT = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/u
const SUSPECT_IN_LINES = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** More code units than people put into one character, flags and families included. */
const UNITS_PER_CHARACTER = 16

/** The same text as one line of any length: without the commands of terminals, half characters replaced. */
export function oneLine(text: string): string {
  if (!SUSPECT.test(text)) return text
  return toUSVString(text.replace(SEQUENCE, '').replace(UNPRINTABLE, ' '))
}

/** One line of harmless text, cut to a number of characters as people see them. */
export function sanitize(text: string, longest = 200): string {
  // A message may be megabytes long, and counting what people see as one character is slow.
  const start = text.slice(0, longest * UNITS_PER_CHARACTER)
  const clean = oneLine(start).trim()
  const isCut = start.length < text.length
  if (clean.length <= longest && !isCut) return clean
  const characters = Array.from(new Intl.Segmenter().segment(clean), ({ segment }) => segment)
  if (characters.length <= longest && !isCut) return clean
  return `${characters.slice(0, longest - 1).join('')}…`
}

/** Harmless lines of a text, whole and with their indentation. */
export const sanitizeLines = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => oneLine(line.replaceAll('\t', '  ')))

/** Whether a text may be printed as it is: it is made of lines that would not change. */
export const isHarmless = (text: string): boolean => !SUSPECT_IN_LINES.test(text)
