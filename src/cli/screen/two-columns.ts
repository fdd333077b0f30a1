// Pairs of a name and what it means, in two columns of a width.
import { widthOf, wrapWords } from './text-width.ts'

const INDENT = '  '
const GAP = '  '
/** How much further in a meaning stands that has lines of its own. */
const BELOW = INDENT.repeat(3)

/** Where there is less room than that, a terminal breaks lines better than we do. */
const LEAST_COLUMNS = 40

/** Where there is less room than that beside the names, meanings stand below them. */
const LEAST_FOR_MEANING = 24

/** A text in lines of a width; all but the first begin with `indent`. */
export function wrappedText(text: string, columns: number, indent = ''): readonly string[] {
  if (columns < LEAST_COLUMNS) return [text]
  const [first = '', ...rest] = wrapWords(text, columns - indent.length)
  return [first, ...rest.map((line) => indent + line)]
}

/**
 * How wide the column of these names is, at most this share of the width. A name that is longer has a line of its own, and does not
 * push the meanings of all others aside.
 */
export function columnFor(names: readonly string[], columns: number, share: number): number {
  const most = Math.min(columns * share, columns - LEAST_FOR_MEANING - INDENT.length - GAP.length)
  return Math.max(0, ...names.map(widthOf).filter((width) => width <= most))
}

/** The lines of one pair, the name in a column of this width, or above what it means. */
export function pairLines(
  [name, meaning]: readonly [string, string],
  column: number,
  columns: number,
): readonly string[] {
  if (widthOf(name) > column) return [INDENT + name, ...wrappedWithin(meaning, BELOW, columns)]
  const beside = INDENT + ' '.repeat(column) + GAP
  const [first = '', ...rest] = wrappedWithin(meaning, beside, columns)
  return [INDENT + name.padEnd(column) + GAP + first.slice(beside.length), ...rest]
}

const wrappedWithin = (text: string, indent: string, columns: number): readonly string[] =>
  wrapWords(text, columns < LEAST_COLUMNS ? Number.POSITIVE_INFINITY : columns - indent.length).map(
    (line) => indent + line,
  )
