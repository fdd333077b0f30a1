import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonProblem } from '../../../src/inspector/page/text/json-problem.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('What is wrong with a JSON text', () => {
  it.each([
    ['{"a": 1,}', 1, 9, 'a name in double quotes is expected'],
    ['{"a" 1}', 1, 6, 'a colon is expected'],
    ['{\n  "a": x\n}', 2, 8, 'a value is expected'],
    ['[1 2]', 1, 4, 'a comma or `]` is expected'],
    ['{"a": "b', 1, 7, 'a string is not right, or not closed'],
    ['{} x', 1, 4, 'nothing may follow'],
    ['', 1, 1, 'a value is expected'],
    ['[1,]', 1, 4, 'a value is expected'],
  ])('is said with its line and column: %j', (text, line, column, message) => {
    expect(jsonProblem(text)).toMatchObject({ line, column, message })
  })

  it('is nothing exactly when it can be parsed', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-0.5e+3',
      '01',
      'true',
      'nul',
      '\\',
      '\\u00e9',
      ' ',
      '\n',
      '\u0001',
      'é',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(jsonProblem(text) === null).toBe(isJson(text))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('is found at any depth', () => {
    expect(jsonProblem('['.repeat(200_000))).toMatchObject({ at: 200_000 })
  })
})
