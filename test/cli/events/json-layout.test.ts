import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, pack } from '../../../src/cli/events/json-layout.ts'

describe('JSON as text', () => {
  it('is laid out as JSON.stringify does it, and packed again, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(layOut(text)).toBe(JSON.stringify(value, null, 2))
        expect(pack(JSON.stringify(value, null, 3))).toBe(text)
      }),
    )
  })

  it('keeps what parsing would lose: long numbers, the order of keys, doubled keys, escapes', () => {
    const text = '{"b":12345678901234567890,"1":1.0,"a":"\\u0041\\"","a":1e400}'
    expect(pack(layOut(text) ?? '')).toBe(text)
    expect(layOut(text)).toContain('"b": 12345678901234567890')
  })

  it('is nothing for what is no JSON', () => {
    for (const text of ['', 'hi there', '{"a":1', 'a=1&b=2']) {
      expect(layOut(text)).toBeNull()
      expect(pack(text)).toBeNull()
    }
  })

  it('takes a body of ten megabytes', () => {
    const text = JSON.stringify({ text: 'x\\'.repeat(5_000_000) })
    expect(pack(layOut(text) ?? '')).toBe(text)
  })
})
