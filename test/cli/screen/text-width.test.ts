import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutToWidth, widthOf, wrapWords } from '../../../src/cli/screen/text-width.ts'

const FAMILY = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'

describe('The width of text', () => {
  it.each([
    ['plain', 5],
    ['\x1b[2mdim\x1b[22m', 3],
    ['日本', 4],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['\u1112\u1161\u11ab', 2],
    ['e\u0301', 1],
    [FAMILY, 2],
    ['🇳🇱', 2],
    ['👍🏽', 2],
    ['1️⃣', 2],
    ['⏸ ←', 3],
    ['\u{20000}', 2],
    ['', 0],
  ])('of %j is %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })

  it.each([
    ['hello there', 8, 'hello t…'],
    ['hello', 5, 'hello'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    [`${FAMILY}${FAMILY}`, 3, `${FAMILY}…`],
    [`${FAMILY}${FAMILY}`, 2, '…'],
    ['\u{20000}\u{20000}', 3, '\u{20000}…'],
    ['hello', 0, ''],
    ['hello', -3, ''],
  ])('%j is cut to %i columns as %j', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut)
  })

  it('is kept by wrapping between words', () => {
    const text = 'The webhook points to https://bots.example.com/hook. Point it here?'
    expect(wrapWords(text, 30)).toEqual(['The webhook points to', 'https://bots.example.com/hook.', 'Point it here?'])
    expect(wrapWords(text, Number.POSITIVE_INFINITY)).toEqual([text])
    expect(wrapWords(text, 0).join(' ')).toBe(text)
  })

  it('is never exceeded by what is cut, which never ends within a character', () => {
    const characters = fc.constantFrom('a', ' ', '日', 'é', 'e\u0301', FAMILY, '🇳🇱', '\u{20000}', '👍🏽', 'ﾊ', 'ｆ')
    fc.assert(
      fc.property(fc.array(characters), fc.integer({ min: 0, max: 30 }), (parts, columns) => {
        const cut = cutToWidth(parts.join(''), columns)
        expect(widthOf(cut)).toBeLessThanOrEqual(columns)
        const kept = cut.replace(/…$/, '')
        expect(parts.map((_, i) => parts.slice(0, i).join('')).concat(parts.join(''))).toContain(kept)
      }),
    )
  })
})
