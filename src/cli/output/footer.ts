// What stays at the bottom of the terminal, below all that is written: it goes before each text, and comes again after it.
import type { WriteStream } from 'node:tty'
import { isDeepStrictEqual } from 'node:util'
import type { Off } from '../../core/listeners.ts'
import { widthOf } from '../screen/text-width.ts'

/** What stands at the bottom: rows that are narrower than the terminal, and in which of them, after what, the cursor is. */
export interface FooterView {
  readonly rows: readonly string[]
  readonly cursor: { readonly row: number; readonly before: string }
}

export interface Footer {
  /** The size of the terminal now. */
  size(): { readonly columns: number; readonly height: number }
  /** Calls back when the size has changed. Returns the function that ends it. */
  onResize(listener: () => void): Off
  /** Shows this in place of what stood there; `null`: nothing. */
  show(view: FooterView | null): void
  /** A text of whole lines, as it has to be written so that it comes above what stands there. */
  above(text: string): string
}

const [ESC, RESET] = ['\u001b', '\u001b[0m']

/** Between these, a terminal that knows them shows nothing of a picture until it is whole, so that nothing flickers. */
const [BEGIN_PICTURE, END_PICTURE] = [`${ESC}[?2026h`, `${ESC}[?2026l`]

/** Between these, a row that a terminal takes for wider than it was counted is cut, and goes on in no row of its own. */
const [WRAP_OFF, WRAP_ON] = [`${ESC}[?7l`, `${ESC}[?7h`]

/** A terminal that does not know its size says 0. */
const USUAL = { columns: 80, rows: 24 }

/** Creates an empty footer. */
export function createFooter(
  write: (text: string) => void,
  terminal: Pick<WriteStream, 'columns' | 'rows' | 'on' | 'off'>,
): Footer {
  const columns = (): number => terminal.columns || USUAL.columns
  let shown: FooterView | null = null
  /** How many columns there were when it was drawn. */
  let width = columns()

  const erased = (): string => (shown === null ? '' : `\r${up(rowsAbove(shown, columns()))}${ESC}[J`)

  return {
    size: () => ({ columns: columns(), height: terminal.rows || USUAL.rows }),
    onResize: (listener) => {
      terminal.on('resize', listener)
      return () => void terminal.off('resize', listener)
    },
    show: (view) => {
      if (isDeepStrictEqual(view, shown) && width === columns()) return
      const text = `${erased()}${view === null ? '' : drawn(view)}`
      shown = view
      width = columns()
      if (text !== '') write(picture(text))
    },
    above: (text) => {
      if (shown === null) return text
      const whole = `${erased()}${text}${drawn(shown)}`
      width = columns()
      return picture(whole)
    },
  }
}

const picture = (text: string): string => `${BEGIN_PICTURE}${text}${END_PICTURE}`

function drawn({ rows, cursor }: FooterView): string {
  // Terminals differ in how wide they take some characters for: what is before the cursor is written once more, and not counted.
  const back = `\r${up(rows.length - 1 - cursor.row)}${cursor.before}`
  // A bot may have left a colour on.
  return `${RESET}${WRAP_OFF}${rows.join(`${RESET}\r\n`)}${RESET}${WRAP_ON}${back}${RESET}`
}

/** How many rows stand above the cursor. A terminal that has become narrower has broken those that it has no room for. */
function rowsAbove({ rows, cursor }: FooterView, columns: number): number {
  const before = rows.slice(0, cursor.row).reduce((sum, row) => sum + Math.max(1, Math.ceil(widthOf(row) / columns)), 0)
  return before + Math.floor(widthOf(cursor.before) / columns)
}

const up = (rows: number): string => (rows > 0 ? `${ESC}[${rows}A` : '')
