import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff, raceTimeout } from '../../src/core/async.ts'
import { formatDuration, parseDuration } from '../../src/core/duration.ts'

describe('Durations', () => {
  it.each([
    ['15s', 15_000],
    ['200ms', 200],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
    ['15', null],
    ['s', null],
    ['-1s', null],
    ['1 s', null],
    ['', null],
  ])('"%s" are %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    [0, '0ms'],
    [999, '999ms'],
    [1_200, '1.2s'],
    [59_940, '59.9s'],
    [60_000, '1m'],
    [125_000, '2m 5s'],
  ])('%s ms read "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('The back-off', () => {
  it('stays between half and all of a step that doubles up to the most', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const step = Math.min(10_000, 100 * 2 ** attempt)
        const ms = backOff(attempt, 100, 10_000, () => random)
        expect(ms).toBeGreaterThanOrEqual(Math.floor(step / 2))
        expect(ms).toBeLessThanOrEqual(step)
      }),
    )
  })
})

describe('A bounded wait', () => {
  it('gives the value that came in time, and says late otherwise', async () => {
    expect(await raceTimeout(Promise.resolve(1), 1_000)).toEqual({ value: 1 })
    expect(await raceTimeout(new Promise(() => undefined), 1)).toBe('late')
    await expect(raceTimeout(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no')
  })
})
