import { describe, expect, it } from 'vitest'
import { readSelection, select } from '../../../src/cli/events/replay-selection.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const recorded = [
  aSummary({ id: 'aa1', conversation: 'c1' }),
  aSummary({ id: 'aa2', conversation: 'c2', answered: 500 }),
  aSummary({ id: 'ab1', conversation: 'c1', settled: 'interrupted', answered: null }),
  aSummary({ id: 'ab', conversation: 'c1', settled: 'acknowledged', answered: null }),
  aSummary({ id: 'no', conversation: 'c1', settled: 'rejected', answered: null }),
]

const ids = (words: readonly string[], own: Record<string, unknown>): string =>
  select(recorded, readSelection(words, own))
    .map(({ id }) => id)
    .join(' ')

describe('What is replayed', () => {
  it('is what the ids say, in their order, each once; the beginning or the end of an id is enough', () => {
    expect(ids(['ab1', 'aa1', 'aa2', 'aa1'], {})).toBe('ab1 aa1 aa2')
    expect(ids(['ab'], {})).toBe('ab')
    expect(ids(['n'], {})).toBe('no')
    expect(ids(['2', 'b1'], {})).toBe('aa2 ab1')
    expect(ids(['ab1,aa1', 'aa2'], {})).toBe('ab1 aa1 aa2')
  })

  it('is what fits all filters, oldest first, without what was rejected', () => {
    expect(ids([], { last: true })).toBe('ab')
    expect(ids([], { last: '2' })).toBe('ab1 ab')
    expect(ids([], { failed: true })).toBe('aa2 ab1 ab')
    expect(ids([], { conversation: 'c1' })).toBe('aa1 ab1 ab')
    expect(ids([], { conversation: 'c2, c1' })).toBe('aa1 aa2 ab1 ab')
    expect(ids([], { conversation: 'c1', failed: true, last: '1' })).toBe('ab')
  })

  it('is never nothing, nor a guess', () => {
    expect(() => ids(['zz'], {})).toThrow('no delivery zz is recorded')
    expect(() => ids(['aa1', 'a'], {})).toThrow('several ids begin with `a`')
    expect(() => ids(['1'], {})).toThrow('several ids end with `1`')
    expect(() => ids([], { conversation: 'c9' })).toThrow('no recorded delivery matches')
    expect(() => ids([], {})).toThrow('say which deliveries')
    expect(() => ids(['aa1'], { failed: true })).toThrow('not both')
  })
})
