// The width of text on a terminal, where some characters take two columns and others none, and text cut or wrapped to a width.
import { stripVTControlCharacters } from 'node:util'
import widthWithoutColors from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'

let segmenter: Intl.Segmenter | undefined

/** The characters of a text as people see them. What finds them is made with the first text: that takes as long as a small command. */
export function charactersOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}

/** One column for each, and nothing that joins with what stands next to it. */
const PLAIN = /^[ -~]*$/

/** How many columns a text takes; the codes of its colours take none. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of charactersOf(stripVTControlCharacters(text))) width += columnsOf(segment)
  return width
}

/** How many of so many columns a text leaves. Where there is no limit it is not measured: lists of ten thousand go into pipes. */
export const columnsLeft = (columns: number, text: string): number =>
  columns === Number.POSITIVE_INFINITY ? columns : columns - widthOf(text)

/** What people see as one character has two columns at most, however many code points it is made of. */
const columnsOf = (character: string): number => Math.min(2, widthWithoutColors(character))

/** A text without colours, cut to so many columns between two characters; `…` stands for what is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY || (text.length <= columns && PLAIN.test(text))) return text
  let width = 0
  /** Where the text ends if `…` has to follow. */
  let end = 0
  for (const { segment, index } of charactersOf(text)) {
    width += columnsOf(segment)
    if (width > columns) return columns < 1 ? '' : `${text.slice(0, end)}…`
    if (width <= columns - 1) end = index + segment.length
  }
  return text
}

/** How much further in than its beginning a line goes on that is broken, in columns. */
const HANGING = 2

/**
 * A line in rows of at most so many columns, none of them longer. It goes on further in than it begins, so that what a stranger has
 * written begins no row.
 */
export function wrapRows(line: string, columns: number): readonly string[] {
  const text = line.trimStart()
  const indent = Math.max(0, Math.min(line.length - text.length, Math.floor(columns / 2) - HANGING))
  const rows = wrapAnsi(text, Math.max(1, columns - indent - HANGING), { hard: true }).split('\n')
  return rows.map((row, i) => `${' '.repeat(i === 0 ? indent : indent + HANGING)}${row}`)
}

/** A text in lines of at most so many columns, broken between words; a word that is longer is whole. */
export const wrapWords = (text: string, columns: number): readonly string[] =>
  Number.isFinite(columns) ? wrapAnsi(text, Math.max(1, columns)).split('\n') : [text]
