import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJson, jsonMistake, parseJson } from '../../../src/core/text/parse-json.ts'

const messageFor = (text: string): string => {
  try {
    parseJson(text)
    return 'no error'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('JSON that people write', () => {
  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{\n  "port": 3000,\n}', 3, 1],
    ['{\n  "port": }', 2, 11],
    ['{ "port": 1 "hold": 2 }', 1, 13],
    ["{ 'port': 1 }", 1, 3],
    ['{ port: 1 }', 1, 3],
    ['{\r\n  // a comment\r\n}', 2, 3],
    ['{ "a": [1, 2 }', 1, 14],
    ['{ "a": 01 }', 1, 8],
    ['{ "a": tru }', 1, 8],
    ['{ "a": "x\ny" }', 1, 8],
    ['{} {}', 1, 4],
  ])('is refused with the place of the first mistake: %j', (text, line, column) => {
    expect(messageFor(text)).toBe(`it is not valid JSON at line ${line}, column ${column}`)
  })

  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('has its first mistake where it was cut, and never behind the place where it was spoilt', () => {
    const spoilt = fc.tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', '}', ',', ']', ':', 'x', '"', '\\', '1', '{'),
    )
    fc.assert(
      fc.property(spoilt, ([text, place, what]) => {
        const at = place % (text.length + 1)
        const given = text.slice(0, at) + what
        fc.pre(!isJson(given))
        const column = Number(/column (\d+)$/.exec(messageFor(given))?.[1])
        expect(column).toBeGreaterThan(0)
        expect(column).toBeLessThanOrEqual(given.length + 1)
        // What stands before it can still become JSON.
        if (what === '') expect(given.slice(column - 1)).toMatch(/^(["\-\dtfn]|$)/)
      }),
    )
  })

  it.each([
    ['{"a": 1,}', 1, 9, 'a name in double quotes is expected'],
    ['{"a" 1}', 1, 6, 'a colon is expected'],
    ['{\n  "a": x\n}', 2, 8, 'a value is expected'],
    ['[1 2]', 1, 4, 'a comma or `]` is expected'],
    ['{"a": 1 "b": 2}', 1, 9, 'a comma or `}` is expected'],
    ['{"a": "b', 1, 7, 'a string is not right, or not closed'],
    ['{} x', 1, 4, 'nothing may follow'],
    ['', 1, 1, 'a value is expected'],
    ['[1,]', 1, 4, 'a value is expected'],
  ])('has a mistake of which is said what is expected: %j', (text, line, column, message) => {
    expect(jsonMistake(text)).toEqual({ line, column, message })
  })

  it('has no mistake exactly when it can be parsed, at any depth', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(jsonMistake(text) === null).toBe(isJson(text))
      }),
    )
    expect(jsonMistake('['.repeat(200_000))).toMatchObject({ column: 200_001 })
  })
})
