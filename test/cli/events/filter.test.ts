import { describe, expect, it } from 'vitest'
import { isFailed, readFilter } from '../../../src/cli/events/filter.ts'
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

  it('mean one conversation', () => {
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

  it('mean times: ago, by the clock, by date', () => {
    expect(readFilter({ since: '10m', until: '90s' }, NOW)).toMatchObject({ since: NOW - 600_000, until: NOW - 90_000 })
    expect(readFilter({ since: '11:30' }, NOW).since).toBe(new Date(2026, 0, 2, 11, 30).getTime())
    expect(readFilter({ since: '23:59:30' }, NOW).since).toBe(new Date(2026, 0, 1, 23, 59, 30).getTime())
    expect(readFilter({ until: '2026-01-01T10:00:00Z' }, NOW).until).toBe(Date.UTC(2026, 0, 1, 10))
    expect(readFilter({ since: '2d' }, NOW).since).toBe(NOW - 48 * 60 * 60_000)
    expect(readFilter({ since: 'today' }, NOW).since).toBe(new Date(2026, 0, 2).getTime())
    expect(readFilter({ since: 'yesterday' }, NOW).since).toBe(new Date(2026, 0, 1).getTime())
    expect(readFilter({ since: '2025-12-24' }, NOW).since).toBe(new Date(2025, 11, 24).getTime())
    expect(readFilter({ since: '2025-12-24 18:30' }, NOW).since).toBe(new Date(2025, 11, 24, 18, 30).getTime())
  })

  it('name the value that means nothing', () => {
    for (const since of ['tomorrow', '5', '12:60', '12:04:60', '2026-02-30', '1 January', '2d1h', ''])
      expect(problemOf({ since })).toContain(`\`${since}\` (from --since) is not`)
    expect(problemOf({ until: '25:00' })).toContain('`25:00` (from --until) is not')
    expect(problemOf({ last: '0' })).toContain('`0` (from --last) is not')
    expect(problemOf({ last: 'abc' })).toContain('`abc` (from --last) is not')
    expect(problemOf({ event: 'a..b' })).toContain('a..b')
    expect(problemOf({ outcome: 'lost' })).toContain('`lost` (from --outcome) is not')
  })
})

describe('A failed delivery', () => {
  it('is one that the bot has not had, or did not take well', () => {
    expect(isFailed(aSummary({ settled: 'interrupted' }))).toBe(true)
    expect(isFailed(aSummary({ settled: 'acknowledged' }))).toBe(true)
    expect(isFailed(aSummary({ settled: 'delivered', status: 404, answered: 404 }))).toBe(true)
  })

  it('stays one when it was replayed to a bot that was not there', () => {
    const summary = aSummary({ settled: 'delivered', outcome: 'refused', status: null, answered: 500 })
    expect(isFailed(summary)).toBe(true)
  })

  it('is not one that the bot has taken, whatever came of a replay, nor one that the platform has kept', () => {
    expect(isFailed(aSummary({ settled: 'delivered', outcome: 'interrupted', status: null, answered: 200 }))).toBe(
      false,
    )
    expect(isFailed(aSummary({ settled: 'returned', outcome: null, status: null, answered: null }))).toBe(false)
  })
})
