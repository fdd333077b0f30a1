import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from '../../../src/core/text/diff.ts'

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
  .map((lines) => lines.map((l) => `${l}\n`).join(''))

describe('A difference', () => {
  it('leads from one text to the other, and back', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after, Number.POSITIVE_INFINITY)
        const side = (mark: string): string =>
          lines
            .filter((line) => line.mark === ' ' || line.mark === mark)
            .map((line) => `${line.text}\n`)
            .join('')
        expect(lines.length === 0).toBe(before === after)
        expect(side('-')).toBe(before === after ? '' : before)
        expect(side('+')).toBe(before === after ? '' : after)
      }),
    )
  })

  it('shows what was added, with the lines around it', () => {
    expect(diffLines('a\nb\nc\nd\n', 'a\nb\nx\nc\nd\n')).toEqual([
      { mark: ' ', text: 'b' },
      { mark: '+', text: 'x' },
      { mark: ' ', text: 'c' },
    ])
    expect(diffLines('', 'x\n')).toEqual([{ mark: '+', text: 'x' }])
  })

  it('is found quickly in long texts', () => {
    const long = (seed: number): string => Array.from({ length: 20_000 }, (_, at) => `${(at * seed) % 977}\n`).join('')
    expect(diffLines(long(3), long(7)).length).toBeGreaterThan(0)
  })
})
