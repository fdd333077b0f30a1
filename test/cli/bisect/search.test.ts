import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchFirstBad, type Trial } from '../../../src/cli/bisect/search.ts'

describe('The search for the first bad commit', () => {
  it('finds it in any history, with as few trials as halving takes, and none twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), fc.nat(), async (count, choice) => {
        const first = choice % count
        const tried: number[] = []
        const found = await searchFirstBad(count, async (index) => {
          tried.push(index)
          return index < first ? 'good' : 'bad'
        })
        expect(found).toEqual({ first, suspects: [first], lastGood: first - 1 })
        expect(tried.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1)
        expect(new Set(tried).size).toBe(tried.length)
      }),
    )
  })

  it('leaves out what cannot be tried, and names all that it may be', async () => {
    const trials = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(trials, fc.nat(), async (skips, choice) => {
        const last = skips.length - 1
        const first = choice % skips.length
        const trial = (index: number): Trial => {
          if (skips[index] === true && index !== last) return 'skip'
          return index < first ? 'good' : 'bad'
        }
        const found = await searchFirstBad(skips.length, async (index) => trial(index))
        expect(found.suspects).toContain(first)
        expect(found.first === null ? found.suspects.length > 1 : found.first === first).toBe(true)
        // Of the suspects only the last one was played.
        expect(found.suspects.slice(0, -1).every((index) => trial(index) === 'skip')).toBe(true)
        expect(found.lastGood === -1 || trial(found.lastGood) === 'good').toBe(true)
      }),
    )
  })
})
