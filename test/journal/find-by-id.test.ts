import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import { findById } from '../../src/journal/find-by-id.ts'

const find = (ids: readonly string[], given: string): string | null => findById(ids, (id) => id, given)

function problemOf(ids: readonly string[], given: string): DevHookError {
  try {
    find(ids, given)
  } catch (error) {
    if (error instanceof DevHookError) return error
  }
  throw new Error('it was found')
}

describe('An id', () => {
  it('is found whole, by its beginning, or by its end', () => {
    expect(find(['ab1', 'ab12', 'cd3'], 'ab1')).toBe('ab1')
    expect(find(['ab1', 'cd3'], 'c')).toBe('cd3')
    expect(find(['ab1', 'cd3'], 'd3')).toBe('cd3')
    expect(find(['ab1', 'cd3'], 'x')).toBeNull()
  })

  it('is refused with its candidates when several match', () => {
    const { lines, failure } = problemOf(['ab1', 'ab2', 'cd3'], 'ab')
    expect(lines).toEqual(['several ids begin with `ab`:', '  ab1', '  ab2'])
    expect(failure).toBe('usage')
    const many = Array.from({ length: 30 }, (_, n) => `x${n}y`)
    expect(problemOf(many, 'y').lines).toHaveLength(11)
    expect(problemOf(many, 'y').lines[0]).toBe('several ids end with `y`, the newest of 30:')
  })

  it('is refused when it is empty, even if there is only one delivery', () => {
    expect(() => find(['a1'], '')).toThrow('the id is empty')
  })
})
