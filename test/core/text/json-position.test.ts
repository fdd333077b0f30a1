import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { positionInJson } from '../../../src/core/text/json-position.ts'

const text = `{
  "version": 1, "steps": [
    { "event": "a", "payload": {} },
    { "a\\"b": [1, [2, "x"]] }
  ]
}`

describe('The position of a value in JSON', () => {
  it.each([
    [[], 1, 1],
    [['version'], 2, 14],
    [['steps', 0, 'payload'], 3, 32],
    [['steps', 1, 'a"b', 1, 1], 4, 23],
    [['steps', 1, 'missing'], 4, 5],
    [['steps', 7], 2, 26],
  ])('%j is line %i, column %i', (path, line, column) => {
    expect(positionInJson(text, path)).toEqual({ line, column })
  })

  it('is where the value begins, in any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, choice) => {
        const paths = pathsOf(value)
        const path = paths[choice % paths.length] ?? []
        const { line, column } = positionInJson(JSON.stringify(value, null, 2), path)
        const rest = (JSON.stringify(value, null, 2).split('\n')[line - 1] ?? '').slice(column - 1)
        const at = path.reduce<unknown>((from, key) => Object(from)[key], value)
        const start = JSON.stringify(at, null, 2).split('\n')[0] ?? ''
        expect(rest.startsWith(start)).toBe(true)
      }),
    )
  })
})

function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [[], ...keys.flatMap((key) => pathsOf(Object(value)[key]).map((path) => [key, ...path]))]
}
