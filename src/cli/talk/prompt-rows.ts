// The prompt as rows of the terminal: who speaks, what stands in the line, and the status below it.
import type { Colors } from '../output/colors.ts'
import type { FooterView } from '../output/footer.ts'
import { charactersOf, cutToWidth, widthOf } from '../screen/text-width.ts'
import { LINE_BREAK } from './line-editor.ts'

export interface PromptView {
  /** Who speaks. */
  readonly speaker: string
  /** What stands in the line; a line break in it is `LINE_BREAK`. */
  readonly text: string
  /** Where in it the cursor is, in UTF-16 code units. */
  readonly cursor: number
  /** The parts of the status, the most important first; those that there are no columns for are left out. */
  readonly status: readonly string[]
}

export interface PromptSize {
  readonly columns: number
  /** How many rows the terminal has. */
  readonly height: number
}

/** How many rows of a long line are seen. */
const MAX_ROWS = 8
/** A terminal narrower than this shows nothing that could be read. */
const LEAST_COLUMNS = 8

const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** Lays the prompt out; each row is narrower than the terminal, so that none is broken. */
export function promptRows(view: PromptView, { columns, height }: PromptSize, colors: Colors): FooterView {
  const width = Math.max(LEAST_COLUMNS, columns) - 1
  const name = cutToWidth(view.speaker, Math.floor(width / 2) - 3)
  const { rows, cursor } = breakUp(view.text, view.cursor, widthOf(name) + 3, width)
  const most = Math.max(1, Math.min(MAX_ROWS, height - 2))
  // What there is no room for is below the cursor, or else above it.
  const from = Math.max(0, Math.min(cursor.row - most + 1, rows.length - most))
  const head = `${colors.bold(`${name} ›`)} `
  const withHead = (row: string, at: number): string => (at === 0 ? `${head}${row}` : row)
  const status = statusRow(view.status, width)
  return {
    rows: [...rows.map(withHead).slice(from, from + most), ...(status === '' ? [] : [colors.dim(status)])],
    cursor: { row: cursor.row - from, before: withHead(cursor.before, cursor.row) },
  }
}

interface BrokenText {
  readonly rows: readonly string[]
  /** In which row, after what, the cursor is. */
  readonly cursor: { readonly row: number; readonly before: string }
}

/** A text in rows of so many columns, of which the first one begins at `indent`. */
function breakUp(text: string, cursor: number, indent: number, width: number): BrokenText {
  const rows: string[] = []
  let row = ''
  let column = indent
  let at: BrokenText['cursor'] | null = null
  const feed = (): void => {
    rows.push(row)
    row = ''
    column = 0
  }
  for (const { segment, index } of charactersOf(text)) {
    const shown = segment === LINE_BREAK ? '⏎' : segment.replace(UNPRINTABLE, '·')
    const needs = widest(shown)
    if (column + needs > width) feed()
    if (cursor < index + segment.length) at ??= { row: rows.length, before: row }
    row += shown
    column += needs
    if (segment === LINE_BREAK) feed()
  }
  // Behind the last character there has to be a place for the cursor.
  if (at === null && column >= width) feed()
  at ??= { row: rows.length, before: row }
  return { rows: [...rows, row], cursor: at }
}

/** How many columns a character takes at most: some terminals show each of its code points, others one picture. */
const widest = (character: string): number =>
  character.length === 1
    ? widthOf(character)
    : Math.max(
        widthOf(character),
        Array.from(character, widthOf).reduce((sum, width) => sum + width, 0),
      )

/** As many of the parts as fit, of which at least the first one is seen. */
function statusRow([first = '', ...rest]: readonly string[], width: number): string {
  let row = cutToWidth(first, width)
  for (const part of rest) {
    if (widthOf(row) + widthOf(part) + 3 <= width) row = `${row} · ${part}`
  }
  return row
}
