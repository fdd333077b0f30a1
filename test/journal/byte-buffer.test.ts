import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteBuffer } from '../../src/journal/write/byte-buffer.ts'

const bytesOf = (parts: readonly (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)))

// On both sides of what is copied, and of what there is room for.
const length = fc.oneof(fc.nat(10), fc.integer({ min: 262_140, max: 262_150 }), fc.constant(700_000))
const part = fc
  .tuple(length, fc.constantFrom('a', 'é', '\u{10ffff}'), fc.boolean())
  .map(([size, unit, asText]) => (asText ? unit.repeat(size) : Buffer.from(unit.repeat(size))))

describe('The buffer of a write', () => {
  it('gives back everything from any byte on, however long the parts are', () => {
    const buffer = createByteBuffer()
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.nat(), (parts, at) => {
        buffer.clear()
        for (const each of parts) buffer.add(each)
        const all = bytesOf(parts)
        const from = at % (all.length + 1)
        expect(buffer.length).toBe(all.length)
        expect(Buffer.concat(buffer.bytes()).equals(all)).toBe(true)
        expect(Buffer.concat(buffer.bytes(from)).equals(all.subarray(from))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('does not copy long parts', () => {
    const buffer = createByteBuffer()
    const long = Buffer.alloc(300_000, 'x')
    buffer.add('before')
    buffer.add(long)
    buffer.add('behind')
    expect(buffer.bytes().some((piece) => piece.buffer === long.buffer && piece.length === long.length)).toBe(true)
  })
})
