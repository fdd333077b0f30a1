// Comparing JSON.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameJson } from '../../src/core/json.ts'

const jsonValue = fc.jsonValue({ maxDepth: 3 })

describe('isSameJson', () => {
  it('compares as a deep comparison does', () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (a, b) => {
        expect(isSameJson(a, b)).toBe(isDeepStrictEqual(a, b))
        expect(isSameJson(a, structuredClone(a))).toBe(true)
      }),
    )
  })

  it.each([
    ['another order of the fields', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['another order of the items', [1, 2], [2, 1], false],
    ['another field of the same value', { a: 1 }, { b: 1 }, false],
    ['a field more', { a: 1 }, { a: 1, b: undefined }, false],
    ['a list for an object', ['a'], { 0: 'a' }, false],
    ['nothing for an object', {}, null, false],
    ['a name of the prototype', { toString: 1 }, { valueOf: 1 }, false],
    ['zero and minus zero', 0, -0, false],
  ])('tells %s', (_, a, b, same) => {
    expect(isSameJson(a, b)).toBe(same)
  })

  it('compares what is nested more deeply than the stack allows', () => {
    const nested = (end: number): unknown => JSON.parse(`${'[{"a":'.repeat(50_000)}${end}${'}]'.repeat(50_000)}`)
    expect(isSameJson(nested(1), nested(1))).toBe(true)
    expect(isSameJson(nested(1), nested(2))).toBe(false)
  })
})
