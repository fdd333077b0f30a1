import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHarmless, oneLine, sanitize, sanitizeLines } from '../../../src/core/text/sanitize.ts'
import { EVERYTHING, expectHarmless, HOSTILE } from '../../support/outside-text.ts'

const anyText = fc.string({ unit: fc.oneof(fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n))) })

describe('Text from outside', () => {
  it.each(Object.keys(HOSTILE))('is one harmless line, whole or cut, with %s in it', (what) => {
    const text = `a ${HOSTILE[what] ?? ''} b`
    for (const printed of [oneLine(text), sanitize(text, 60)]) {
      expectHarmless(printed)
      expect(printed).not.toContain('\n')
    }
  })

  it('is harmless whatever is in it, and stays as it is where it was harmless', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = oneLine(text)
        expectHarmless(line)
        expect(oneLine(line)).toBe(line)
        sanitizeLines(text).forEach(expectHarmless)
        if (isHarmless(text) && !/[\n\p{Surrogate}]/u.test(text)) expect(line).toBe(text)
      }),
    )
  })

  it('keeps what people write', () => {
    const text = 'Zoë says: 👨‍👩‍👧 שלום – 100% \\u001b 🇳🇱'
    expect(oneLine(text)).toBe(text)
    expect(sanitize(text)).toBe(text)
  })

  it('loses the commands of terminals whole, with what they would have done', () => {
    expect(oneLine('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b]8;;http://a/\u001b\\y \u009b2Jz\u001b(B')).toBe(
      'red xy z',
    )
    expect(oneLine('a\u001b]52;c;no end')).toBe('a52;c;no end')
  })

  it('is cut between what people see as characters, never inside of one', () => {
    const family = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'
    expect(sanitize(`ab${family}cd`, 4)).toBe(`ab${family}…`)
    expect(sanitize(`ab${family}`, 3)).toBe(`ab${family}`)
    expect(sanitize('\u001b[0m'.repeat(1_000) + 'x'.repeat(10), 10)).toMatch(/…$/)
    expect(sanitize(EVERYTHING, 50).length).toBeLessThan(1_000)
  })
})
