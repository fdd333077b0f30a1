// What looking into JSON promises, whatever came from outside.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRecord, asText, isRecord, omit, textIn, valueIn } from '../../src/core/json.ts'

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
