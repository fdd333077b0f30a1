// What comparing secrets promises.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalInConstantTime } from '../../src/core/secrets.ts'

describe('Two secrets', () => {
  it('are equal when their bytes are, given as text or as bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b)
        expect(equalInConstantTime(a, a)).toBe(true)
        expect(equalInConstantTime(Buffer.from(a), a)).toBe(true)
        expect(equalInConstantTime(a, Buffer.from(b))).toBe(Buffer.from(a).equals(Buffer.from(b)))
        expect(equalInConstantTime(a, `${a}x`)).toBe(false)
      }),
    )
  })
})
