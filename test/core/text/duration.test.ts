import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../../src/core/text/duration.ts'

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
