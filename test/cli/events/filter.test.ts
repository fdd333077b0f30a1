import { describe, expect, it } from 'vitest'
import { readFilter } from '../../../src/cli/events/filter.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const NOW = new Date(2026, 0, 2, 12, 0, 0).getTime()

const problemOf = (own: Record<string, unknown>): string => {
  try {
    readFilter(own, NOW)
  } catch (error) {
    return String(error)
  }
  throw new Error('it was accepted')
}

describe('The filters of recorded deliveries', () => {
  it('mean everything when none is given', () => {
    const { where, ...rest } = readFilter({}, NOW)
    expect(where?.(aSummary())).toBe(true)
    expect(rest).toEqual({})
  })

  it('mean events by the patterns of a subscription', () => {
    const { where = () => false } = readFilter({ event: 'message.update,message.create.*' }, NOW)
    expect(where(aSummary({ event: 'message.create.contact.chat' }))).toBe(true)
    expect(where(aSummary({ event: 'message.update' }))).toBe(true)
    expect(where(aSummary({ event: 'message.delete' }))).toBe(false)
    expect(where(aSummary({ event: null }))).toBe(false)
  })

  it('mean one conversation, or one of several', () => {
    const several = readFilter({ conversation: 'c1,c2' }, NOW).where ?? (() => false)
    expect(['c1', 'c2', 'c3'].filter((conversation) => several(aSummary({ conversation })))).toEqual(['c1', 'c2'])
    const { where = () => false } = readFilter({ conversation: 'c1' }, NOW)
    expect(where(aSummary({ conversation: 'c1' }))).toBe(true)
    expect(where(aSummary({ conversation: 'c11' }))).toBe(false)
  })

  it.each([
    ['answered', { outcome: 'answered', status: 500 }, true],
    ['answered,rejected', { settled: 'rejected', outcome: null, status: null }, true],
    ['undelivered', { settled: 'acknowledged' }, true],
    ['undelivered', { settled: 'delivered' }, false],
    ['interrupted', { settled: 'interrupted' }, true],
    ['interrupted', { settled: 'delivered', outcome: 'interrupted' }, true],
    ['failed', { settled: 'delivered', answered: 500 }, true],
    ['failed', { settled: 'delivered', answered: 200 }, false],
  ] as const)('mean the outcome %s', (outcome, fields, fits) => {
    expect(readFilter({ outcome }, NOW).where?.(aSummary(fields))).toBe(fits)
  })

  it.each([
    ['since', '10m', NOW - 600_000],
    ['until', '90s', NOW - 90_000],
    ['since', '11:30', new Date(2026, 0, 2, 11, 30).getTime()],
    ['since', '23:59:30', new Date(2026, 0, 1, 23, 59, 30).getTime()],
    ['until', '2026-01-01T10:00:00Z', Date.UTC(2026, 0, 1, 10)],
    ['since', '2d', NOW - 48 * 60 * 60_000],
    ['since', 'today', new Date(2026, 0, 2).getTime()],
    ['since', 'yesterday', new Date(2026, 0, 1).getTime()],
    ['since', '2025-12-24', new Date(2025, 11, 24).getTime()],
    ['since', '2025-12-24 18:30', new Date(2025, 11, 24, 18, 30).getTime()],
  ])('mean times, ago, by the clock, by date: %s %s', (flag, text, time) => {
    const { where = () => false } = readFilter({ [flag]: text }, NOW)
    expect([time - 1, time].map((receivedAt) => where(aSummary({ receivedAt })))).toEqual(
      flag === 'since' ? [false, true] : [true, false],
    )
  })

  it('mean what `--query` finds as well, in the body too', () => {
    const { where = () => false, content } = readFilter(
      { query: 'status:5xx body:"say \\"é\\""', outcome: 'answered' },
      NOW,
    )
    expect(where(aSummary({ status: 500 }))).toBe(true)
    expect(where(aSummary({ status: 200 }))).toBe(false)
    expect(where(aSummary({ status: 500, outcome: 'refused' }))).toBe(false)
    const inBody = (text: string): boolean | undefined => content?.({ headers: [], body: Buffer.from(text) })
    expect(inBody('{"text":"they say \\"\\u00e9\\""}')).toBe(true)
    expect(inBody('{"text":"they say é"}')).toBe(false)
  })

  it('name the value that means nothing', () => {
    for (const since of ['tomorrow', '5', '12:60', '12:04:60', '2026-02-30', '1 January', '2d1h', ''])
      expect(problemOf({ since })).toContain(`\`${since}\` (from --since) is not`)
    expect(problemOf({ until: '25:00' })).toContain('`25:00` (from --until) is not')
    expect(problemOf({ last: '0' })).toContain('`0` (from --last) is not')
    expect(problemOf({ last: 'abc' })).toContain('`abc` (from --last) is not')
    expect(problemOf({ event: 'a..b' })).toContain('a..b')
    expect(problemOf({ query: 'hi evnt:a' })).toContain('the filter has a mistake in column 4: unknown key `evnt`')
    expect(problemOf({ outcome: 'lost' })).toContain('`lost` (from --outcome) is not')
  })
})
