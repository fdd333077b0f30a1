// JSON that is passed on as it was read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactNumber, parseExact, stringifyExact } from '../../../src/platform/api/exact-json.ts'

/** The text of a JSON number, in whatever form. */
const number = fc.oneof(
  fc.constantFrom('12345678901234567890', '1E400', '-0', '1.0', '0', '-1.50e-7', '9007199254740993', '0.1e1'),
  fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/),
)
/** The text of a JSON value without spaces. */
const json = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    fc.constantFrom('null', 'true', '"1.0"', '"\\"1E400"', '"\\\\"', '""'),
    fc.string().map((text) => JSON.stringify(text)),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
  object: fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z"\\]{1,5}$/), tie('value')), {
      maxLength: 4,
      selector: ([key]) => key,
    })
    .map((fields) => `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
})).value

describe('Exact JSON', () => {
  it('is written as it was read, whatever its numbers', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(stringifyExact(parseExact(text))).toBe(text)
      }),
    )
  })

  it('is read as any JSON where its numbers are written as JavaScript writes them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(parseExact(text)).toEqual(JSON.parse(text))
        expect(stringifyExact(value, 2)).toBe(JSON.stringify(value, null, 2))
      }),
    )
  })

  it('has a number of its own kind for what JavaScript would change', () => {
    expect(parseExact('{"a":[1E400,1],"b":"1E400"}')).toEqual({ a: [new ExactNumber('1E400'), 1], b: '1E400' })
  })

  it('is not JSON where JSON.parse says that it is not', () => {
    for (const text of ['', '01', '1.', '"', '{"a":1.0', '[1E400,]', '\u0000']) expect(() => parseExact(text)).toThrow()
  })

  it('is none where it is nested more deeply than it could be written again', () => {
    const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}"]}"${'}]'.repeat(depth / 2)}`
    expect(stringifyExact(parseExact(nested(3_200)))).toBe(nested(3_200))
    expect(() => parseExact(nested(3_202))).toThrow('nested')
  })

  it('takes no longer than its length, even where it is full of quotes', () => {
    const text = JSON.stringify('"'.repeat(2_000_000))
    expect(parseExact(`[${text},1.0]`)).toHaveLength(2)
    expect(() => parseExact(text.slice(0, -1))).toThrow()
  })
})
