// What the keys show at the bottom of the terminal: the list from which a delivery is chosen, or one that is read, above the line of keys.
import { stripVTControlCharacters } from 'node:util'
import { deliveryLine } from '../events/row.ts'
import type { Colors } from '../output/colors.ts'
import type { FooterView } from '../output/footer.ts'
import { shortId } from '../screen/event-words.ts'
import { cutToWidth, widthOf, wrapRows } from '../screen/text-width.ts'
import type { Choice, ReadDelivery } from './key-state.ts'

export interface ViewSize {
  readonly columns: number
  /** How many rows the terminal has. */
  readonly height: number
}

/** How many deliveries are seen at once. */
const MAX_LISTED = 10

/** So many of the newest can be chosen at the terminal; the page has all of them. */
export const LISTED = 200

/** How many deliveries a terminal shows at once: lines that come have some room above them. */
export const listedRows = ({ height }: Pick<ViewSize, 'height'>): number =>
  Math.max(1, Math.min(MAX_LISTED, height - 6))

/** How many rows of a delivery it shows at once. */
export const readRows = ({ height }: Pick<ViewSize, 'height'>): number =>
  Math.max(1, Math.min(height - 3, Math.floor((height * 2) / 3)))

/** The rows of a list around the chosen one. */
export function listView({ rows, at }: Choice, line: string, size: ViewSize, colors: Colors): FooterView {
  const count = listedRows(size)
  const from = Math.max(0, Math.min(at - Math.floor(count / 2), rows.length - count))
  const seen = rows.slice(from, from + count)
  const width = size.columns - 1
  const shown = seen.map((row, i) => {
    const words = fitted(deliveryLine(row, { colors, columns: width - 2 }), width - 2)
    return from + i === at ? `${colors.cyan('›')} ${words}` : `  ${words}`
  })
  return viewOf(
    `deliveries ${from + 1}–${from + seen.length} of ${rows.length === LISTED ? 'the newest ' : ''}${rows.length}`,
    [...shown, line],
    size,
    colors,
  )
}

/** The rows of a delivery below the first so many of them. */
export function readView(
  { delivery, top }: { readonly delivery: ReadDelivery; readonly top: number },
  rows: readonly string[],
  line: string,
  size: ViewSize,
  colors: Colors,
): FooterView {
  const count = readRows(size)
  const from = Math.max(0, Math.min(top, rows.length - count))
  const seen = rows.slice(from, from + count)
  const title = `${shortId(delivery.detail.id)} ${from + 1}–${from + seen.length} of ${rows.length} lines`
  return viewOf(title, [...seen, line], size, colors)
}

/** Lines in rows that are narrower than the terminal. */
export const rowsOf = (lines: readonly string[], { columns }: Pick<ViewSize, 'columns'>): readonly string[] =>
  lines.flatMap((text) => wrapRows(text, columns - 1))

/** The line of keys alone. */
export const lineView = (line: string): FooterView => ({ rows: [line], cursor: AT_BEGINNING })

// In the first row, so that what a terminal does to the others when it becomes smaller is always below.
const AT_BEGINNING = { row: 0, before: '' } as const

function viewOf(title: string, rows: readonly string[], { columns }: ViewSize, { dim }: Colors): FooterView {
  const head = cutToWidth(`── ${title} `, columns - 1)
  return { rows: [dim(head.padEnd(head.length + columns - 1 - widthOf(head), '─')), ...rows], cursor: AT_BEGINNING }
}

/** A row that is too long even without its words is cut, and has no colours then. */
const fitted = (row: string, width: number): string =>
  widthOf(row) <= width ? row : cutToWidth(stripVTControlCharacters(row), width)
