import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, pack } from '../../../src/core/text/json-layout.ts'

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

  it('is nothing for what is not JSON', () => {
    for (const text of ['', 'hi there', '{"a":1', 'a=1&b=2']) {
      expect(layOut(text)).toBeNull()
      expect(pack(text)).toBeNull()
    }
  })

  it.each<readonly [string, string]>([
    ['nested by millions', `{"a":${'['.repeat(2_500_000)}${']'.repeat(2_500_000)}}`],
    ['nested, and wide at the bottom', `${'['.repeat(100)}${'1,'.repeat(1_000_000)}1${']'.repeat(100)}`],
    ['nested, and not closed', '{"a":'.repeat(1_000_000)],
    ['nested in twelve kilobytes', `{"a":${'['.repeat(6_000)}${']'.repeat(6_000)}}`],
  ])('is left as it is when it is %s', (_, text) => {
    expect(layOut(text)).toBeNull()
  })

  it('has a layout whose size is in proportion to its own', () => {
    for (const depth of [1, 10, 100, 400]) {
      for (const width of [1, 1_000, 100_000]) {
        const text = `${'['.repeat(depth)}${'1,'.repeat(width)}1${']'.repeat(depth)}`
        expect(layOut(text)?.length ?? 0).toBeLessThan(70_000 + 10 * text.length)
      }
    }
    expect(layOut(`${'['.repeat(100)}1${']'.repeat(100)}`)?.split('\n')).toHaveLength(201)
  })

  it('takes a body of ten megabytes', () => {
    const text = JSON.stringify({ text: 'x\\'.repeat(5_000_000) })
    expect(pack(layOut(text) ?? '')).toBe(text)
  })
})
