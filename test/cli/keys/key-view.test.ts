import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detailLines } from '../../../src/cli/keys/detail-lines.ts'
import type { ReadDelivery } from '../../../src/cli/keys/key-state.ts'
import { listView, readView, rowsOf } from '../../../src/cli/keys/key-view.ts'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import { widthOf } from '../../../src/cli/screen/text-width.ts'
import { aReadDelivery, aRow, PLAIN } from '../../support/delivery-rows.ts'
import { EVERYTHING, expectHarmless } from '../../support/outside-text.ts'

const NOW = new Date(60_000)
const SIZE = { columns: 80, height: 24 }
const TEN = Array.from({ length: 30 }, (_, n) =>
  aRow({ id: `delivery-${String(n).padStart(6, '0')}`, text: `text ${n}` }),
)

const linesOf = (delivery: ReadDelivery): readonly string[] => detailLines(delivery, PLAIN, NOW)
const seen = (delivery: ReadDelivery, top: number, size = SIZE): readonly string[] =>
  readView({ delivery, top }, rowsOf(linesOf(delivery), size), 'keys', size, PLAIN).rows

describe('The list at the bottom', () => {
  it('shows the chosen delivery among those around it, above the keys', () => {
    const { rows, cursor } = listView({ rows: TEN, at: 29 }, 'keys', SIZE, PLAIN)
    expect(rows).toHaveLength(12)
    expect(rows[0]).toMatch(/^── deliveries 21–30 of 30 ─+$/)
    expect(rows[10]).toMatch(/^› .* 000029 message\.create\.contact\.chat "text 29" 200 45ms$/)
    expect(rows[9]).toMatch(/^ {2}.*"text 28"/)
    expect(rows[11]).toBe('keys')
    expect(cursor).toEqual({ row: 0, before: '' })
    const middle = listView({ rows: TEN, at: 12 }, 'keys', SIZE, PLAIN).rows
    expect(middle.filter((row) => row.startsWith('›'))).toEqual([expect.stringContaining('"text 12"')])
  })

  it('fits any terminal, whatever is in its rows', () => {
    const size = fc.record({ columns: fc.integer({ min: 20, max: 200 }), height: fc.integer({ min: 4, max: 80 }) })
    const hostile = aRow({
      text: EVERYTHING,
      event: EVERYTHING,
      from: EVERYTHING,
      id: EVERYTHING,
      attempts: 12,
      replays: 3,
    })
    fc.assert(
      fc.property(size, fc.nat(29), fc.boolean(), (given, at, color) => {
        const rows = TEN.map((row, n) => (n % 3 === 0 ? { ...hostile, id: `${n}${hostile.id}` } : row))
        const shown = listView({ rows, at }, 'keys', given, colorsFor(color)).rows
        expect(shown.length).toBeLessThan(Math.max(given.height, 4))
        for (const row of shown) expect(widthOf(row)).toBeLessThan(given.columns)
        if (!color) expectHarmless(shown.join('\n'))
      }),
      { numRuns: 50 },
    )
  })
})

describe('A delivery that is read', () => {
  it('has what came, what was answered, and what the bot printed meanwhile', () => {
    const text = linesOf(aReadDelivery({}, ['got it'])).join('\n')
    expect(text).toContain('  signature    right')
    expect(text).toContain('    {\n      "text": "hi there"\n    }')
    expect(text).toMatch(/attempt 1 {2}.* answered 200 45ms\n\n {4}\{\n {6}"ok": true/)
    expect(text).toMatch(/\n\nthe bot printed meanwhile\n {4}got it$/)
  })

  it('says why a signature is wrong', () => {
    const signature = { verdict: 'wrong', reasons: [{ message: 'it is of another secret', remedy: '' }] } as const
    expect(linesOf(aReadDelivery({ signature })).join('\n')).toContain('signature    wrong: it is of another secret')
  })

  it('is cut to what a person reads, and says where the rest is', () => {
    const long = linesOf(aReadDelivery({ body: JSON.stringify(Array.from({ length: 3_000 }, (_, n) => n)) }))
    expect(long.length).toBeLessThan(450)
    expect(long.join('\n')).toContain('… 2602 more lines: `dev-hook events show d1` shows all of it')
    const huge = linesOf(aReadDelivery({ body: 'x'.repeat(1024 * 1024) }))
    expect(huge.join('\n').length).toBeLessThan(3_000)
    expect(huge.join('\n')).toContain('… the body is longer: ')
    expect(linesOf(aReadDelivery({ body: 'AAAA', encoding: 'base64' })).join('\n')).toContain('it is not text')
  })

  it('scrolls from its beginning to its end', () => {
    const delivery = aReadDelivery({ body: JSON.stringify(Array.from({ length: 50 }, (_, n) => n)) })
    expect(seen(delivery, 0)[0]).toMatch(/^── d1 1–16 of \d+ lines ─+$/)
    expect(seen(delivery, 0)[1]).toContain('d1  message.create.contact.chat "hi there" 200 45ms')
    const end = seen(delivery, 10_000)
    expect(end).toHaveLength(18)
    expect(end.at(-2)).toBe('    }')
  })

  it('fits any terminal, whatever is in it', () => {
    const pair = [EVERYTHING, EVERYTHING] as const
    const hostile = aReadDelivery(
      { body: EVERYTHING, event: EVERYTHING, from: EVERYTHING, text: EVERYTHING, search: EVERYTHING, headers: [pair] },
      [EVERYTHING.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '')],
    )
    for (const columns of [20, 40, 80, 120]) {
      for (const top of [0, 7, 40]) {
        const rows = seen(hostile, top, { columns, height: 15 })
        expect(rows).toHaveLength(12)
        for (const row of rows) expect(widthOf(row)).toBeLessThan(columns)
        expectHarmless(rows.join('\n'))
      }
    }
  })
})
