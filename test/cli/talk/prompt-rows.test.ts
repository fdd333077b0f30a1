import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import { widthOf } from '../../../src/cli/screen/text-width.ts'
import { LINE_BREAK } from '../../../src/cli/talk/line-editor.ts'
import { type PromptView, promptRows } from '../../../src/cli/talk/prompt-rows.ts'
import { expectHarmless, HOSTILE } from '../../support/outside-text.ts'

const PLAIN = colorsFor(false)
/** What is typed may begin a row with anything. */
const HOSTILE_PIECES = Object.entries(HOSTILE).flatMap(([what, text]) =>
  what === 'lines of its own' ? [] : [text.slice(0, 100)],
)
const STATUS = ['contact', 'conversation Jenny, queued', 'bot ready', '/help']

function rowsOf(view: Partial<PromptView>, columns = 80, height = 24) {
  const text = view.text ?? ''
  return promptRows(
    { speaker: 'Jenny', status: STATUS, ...view, text, cursor: view.cursor ?? text.length },
    { columns, height },
    PLAIN,
  )
}

describe('The rows of the prompt', () => {
  it('are the line that is typed, and the status below it', () => {
    expect(rowsOf({ text: 'hi there', cursor: 2 })).toEqual({
      rows: ['Jenny › hi there', 'contact · conversation Jenny, queued · bot ready · /help'],
      cursor: { row: 0, before: 'Jenny › hi' },
    })
  })

  it('are broken at the width of the terminal, between characters, with a place for the cursor', () => {
    expect(rowsOf({ text: 'abcdefghij日本' }, 20, 24)).toEqual({
      rows: ['Jenny › abcdefghij', '日本', 'contact · bot ready'],
      cursor: { row: 1, before: '日本' },
    })
    expect(rowsOf({ text: 'abcdefghijk', status: [] }, 20).cursor).toEqual({ row: 1, before: '' })
  })

  it('show a line break that was pasted, and what could not be seen', () => {
    expect(rowsOf({ text: `one${LINE_BREAK}two\u202e\u0007` }).rows.slice(0, 2)).toEqual(['Jenny › one⏎', 'two··'])
  })

  it('show the part of a long line in which the cursor is', () => {
    const text = Array.from({ length: 60 }, (_, n) => `word${n}`).join(' ')
    const begin = rowsOf({ text, cursor: 0 }, 20, 8)
    expect(begin.rows).toHaveLength(7)
    expect(begin.rows[0]).toMatch(/^Jenny › word0/)
    expect(begin.cursor).toEqual({ row: 0, before: 'Jenny › ' })
    const end = rowsOf({ text }, 20, 8)
    expect(end.rows).toHaveLength(7)
    expect(end.cursor.row).toBe(5)
    expect(end.rows[5]).toContain('word59')
  })

  it('never reach the edge of the terminal, whatever is typed, and contain the cursor', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('日本', '👨‍👩‍👧', LINE_BREAK, 'e\u0301', '🇳🇱', ...HOSTILE_PIECES),
    )
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join('')),
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (text, at, columns, height) => {
          const { rows, cursor } = rowsOf(
            {
              text,
              cursor: at % (text.length + 1),
              speaker: text.slice(0, 50).replace(/\p{Cc}|\p{Surrogate}|\p{Bidi_Control}/gu, ''),
            },
            columns,
            height,
          )
          for (const row of rows) {
            expectHarmless(row)
            expect(row).not.toContain('\n')
            expect(widthOf(row)).toBeLessThan(Math.max(8, columns))
          }
          expect(rows.length).toBeLessThanOrEqual(Math.max(2, height - 1))
          expect(rows[cursor.row]?.startsWith(cursor.before)).toBe(true)
        },
      ),
    )
  })

  it('leave the colours of nothing open', () => {
    const { rows } = promptRows(
      { speaker: 'Jenny', text: 'hi', cursor: 2, status: STATUS },
      { columns: 80, height: 24 },
      colorsFor(true),
    )
    expect(rows.map(stripVTControlCharacters)).toEqual(rowsOf({ text: 'hi' }).rows)
  })
})
