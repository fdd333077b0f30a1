// One line that a person types: readline edits it and remembers the earlier ones; what is seen of it is drawn elsewhere.
import { createInterface, type Key } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { charactersOf } from '../screen/text-width.ts'

export interface LineEditor {
  /** What stands in the line; a line break, as what was pasted may have, is `LINE_BREAK`. */
  readonly text: string
  /** Where in it the cursor is, in UTF-16 code units. */
  readonly cursor: number
  /** A key was pressed. Enter calls `onLine`, and empties the line. */
  press(text: string | undefined, key: Key): void
  /** Inserts a text at the cursor, all of it at once: its line breaks enter nothing. */
  insert(text: string): void
  /** Puts another text in place of the line. */
  replace(text: string): void
  close(): void
}

/** Stands for a line break within the line: readline takes a real one for Enter. Nobody types this one, which is for private use. */
export const LINE_BREAK = '\ue00a'

/** How many lines are remembered. */
const HISTORY = 500

/** Creates an empty line. `onLine` gets each one that is entered, empty ones too. */
export function createLineEditor(onLine: (text: string) => void): LineEditor {
  const lines = createInterface({
    input: new PassThrough(),
    // Readline would draw at the place where it takes the cursor to be, and knows of nothing else that is written.
    output: new Writable({ write: (_text, _encoding, done) => done() }),
    terminal: true,
    historySize: HISTORY,
    removeHistoryDuplicates: true,
  })
  lines.on('line', (text) => onLine(text.replaceAll(LINE_BREAK, '\n')))

  return {
    get text() {
      return lines.line
    },
    get cursor() {
      return lines.cursor
    },
    press: (text, key) => {
      // Readline passes and deletes code points, of which one character may have several.
      const times = key.ctrl || key.meta ? 1 : codePoints(characterAt(lines, key.name))
      for (let n = 0; n < Math.max(1, times); n += 1) lines.write(text, key)
    },
    insert: (text) => {
      const line = text.replace(BREAKS, LINE_BREAK).replaceAll('\t', '  ').replace(CONTROLS, '')
      if (line !== '') lines.write(line)
    },
    replace: (text) => {
      lines.write(undefined, { ctrl: true, name: 'e' })
      lines.write(undefined, { ctrl: true, name: 'u' })
      if (text !== '') lines.write(text)
    },
    close: () => lines.close(),
  }
}

const BREAKS = /\r\n|[\r\n\u0085\p{Zl}\p{Zp}]/gu
const CONTROLS = /\p{Cc}+/gu

const codePoints = (text: string): number => Array.from(text).length

/** The character, as people see it, that a key passes or deletes; empty for any other key, and where there is none. */
function characterAt({ line, cursor }: { readonly line: string; readonly cursor: number }, key?: string): string {
  if (key === 'left' || key === 'backspace') {
    return cursor === 0 ? '' : line.slice(charactersOf(line).containing(cursor - 1)?.index, cursor)
  }
  if (key !== 'right' && key !== 'delete') return ''
  return charactersOf(line.slice(cursor)).containing(0)?.segment ?? ''
}
