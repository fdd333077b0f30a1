// What looking into JSON promises, whatever came from outside.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRecord, asText, isRecord, isSameJson, omit, textIn, valueIn } from '../../src/core/json.ts'

/** Values as they come out of `JSON.parse`, with keys that every object seems to have, and `__proto__` as one of its own. */
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0'),
)
const parsed = fc
  .letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(null, true, 0, -1.5, ''), fc.string(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs) => ({ pairs })),
  }))
  .value.map((value) => JSON.parse(textOf(value)))

/** JSON by hand: an object literal would take `__proto__` for the prototype. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const { pairs } = value as { readonly pairs: readonly (readonly [string, unknown])[] }
  return `{${pairs.map(([name, item]) => `${JSON.stringify(name)}:${textOf(item)}`).join()}}`
}

const isPlain = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Object]'

describe('A look into JSON', () => {
  it('takes objects for objects, and neither lists nor null nor anything else', () => {
    fc.assert(
      fc.property(parsed, (value) => {
        expect(isRecord(value)).toBe(isPlain(value))
        expect(asRecord(value)).toBe(isPlain(value) ? value : null)
      }),
    )
  })

  it('takes for text what is a string with something in it', () => {
    fc.assert(
      fc.property(parsed, (value) => {
        expect(asText(value)).toBe(typeof value === 'string' && value.length > 0 ? value : null)
      }),
    )
  })

  it('finds what JSON itself would write under a key, and nothing that an object only inherits', () => {
    fc.assert(
      fc.property(parsed, key, (value, name) => {
        const own = isPlain(value) ? Object.entries(value).find(([one]) => one === name)?.[1] : undefined
        expect(valueIn(value, name)).toBe(own)
        expect(textIn(value, name)).toBe(asText(own))
      }),
    )
  })

  it('leaves fields out of a copy, and the original as it was', () => {
    fc.assert(
      fc.property(parsed.filter(isRecord), fc.array(key, { maxLength: 3 }), (value, names) => {
        const before = JSON.stringify(value)
        const left = omit(value, ...names)
        expect(Object.entries(left)).toEqual(Object.entries(value).filter(([one]) => !names.includes(one)))
        expect(JSON.stringify(value)).toBe(before)
        expect(Object.getPrototypeOf(left)).toBe(Object.prototype)
      }),
    )
  })
})

describe('A comparison of JSON', () => {
  it('compares as a deep comparison does', () => {
    fc.assert(
      fc.property(parsed, parsed, (a, b) => {
        expect(isSameJson(a, b)).toBe(isDeepStrictEqual(a, b))
        expect(isSameJson(a, JSON.parse(JSON.stringify(a)))).toBe(true)
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
