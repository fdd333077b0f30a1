import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hexLength, hexLines, hexStart } from '../../../src/inspector/page/text/content-text.ts'
import { outline } from '../../../src/inspector/page/text/json-outline.ts'
import { diffRows } from '../../../src/inspector/page/text/line-diff.ts'
import { escapeHidden, visible, visibleLines } from '../../../src/inspector/page/text/visible.ts'

describe('Text from outside', () => {
  it('shows what cannot be seen', () => {
    expect(visible('a\u0000b\u001b[31m\n\u202Egnp.exe\u009b')).toBe('a␀b␛[31m␊‹202E›gnp.exe‹009B›')
    expect(visible('zero\u200bwidth \ufeff')).toBe('zero‹200B›width ‹FEFF›')
  })

  it('keeps letters of every script, emoji, and lines where there may be several', () => {
    expect(visible('é ñ 漢字 عربي 👩‍👩‍👧 👍🏽')).toBe('é ñ 漢字 عربي 👩‍👩‍👧 👍🏽')
    expect(visibleLines('a\r\n\tb\u0007')).toBe('a\n\tb␇')
  })

  it('has nothing left that moves a cursor or turns the reading direction, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(visibleLines(text)).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u)
      }),
    )
  })

  it('is the same JSON when that is escaped', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        expect(JSON.parse(escapeHidden(json))).toEqual(JSON.parse(json))
      }),
    )
  })
})

describe('The outline of a JSON text', () => {
  it('has a line for each member and item, with where ends what it opens, and values as they were written', () => {
    expect(outline('{"a":[1,12345678901234567890],"b\\"":{},"c":"x, y"}')).toEqual([
      { depth: 0, key: null, value: '{', kind: 'open', end: 7 },
      { depth: 1, key: '"a"', value: '[', kind: 'open', end: 4 },
      { depth: 2, key: null, value: '1', kind: 'number', end: null },
      { depth: 2, key: null, value: '12345678901234567890', kind: 'number', end: null },
      { depth: 1, key: null, value: ']', kind: 'end', end: null },
      { depth: 1, key: '"b\\""', value: '{}', kind: 'word', end: null },
      { depth: 1, key: '"c"', value: '"x, y"', kind: 'string', end: null },
      { depth: 0, key: null, value: '}', kind: 'end', end: null },
    ])
  })

  it('is nothing for what is not JSON', () => {
    expect(outline('<html>')).toBeNull()
  })
})

describe('What differs between two texts', () => {
  it('stands side by side, line by line', () => {
    expect(diffRows('{"a":1,"b":2}', '{"a":1,"b":3,"c":4}')).toEqual([
      { left: '{', right: '{', isSame: true },
      { left: '  "a": 1,', right: '  "a": 1,', isSame: true },
      { left: '  "b": 2', right: '  "b": 3,', isSame: false },
      { left: null, right: '  "c": 4', isSame: false },
      { left: '}', right: '}', isSame: true },
    ])
  })

  it('is not shown in part when there are more lines than can be compared', () => {
    const long = 'a\n'.repeat(6_000)
    expect(diffRows(`${long}b`, `${long}c`)).toBeNull()
  })
})

describe('Bytes', () => {
  it('are shown sixteen a line', () => {
    const [first, second] = hexLines(new TextEncoder().encode('0123456789abcdef\u0000é'))
    expect(first).toBe('00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef')
    expect(second).toBe('00000010  00 c3 a9                                          ...')
  })

  it('are made into lines only as far as they are shown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(600), (bytes, length) => {
        const whole = hexLines(bytes).join('\n')
        expect(hexLength(bytes)).toBe(whole.length)
        expect(hexStart(bytes, length)).toBe(whole.slice(0, length))
      }),
    )
  })
})
