import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFailed } from '../../../src/protocol/query/outcomes.ts'
import { problemWords, readQuery } from '../../../src/protocol/query/query.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const NOW = new Date(2026, 0, 2, 12, 0, 0).getTime()

const queryOf = (text: string) => {
  const query = readQuery(text, NOW)
  if ('message' in query) throw new Error(problemWords(query))
  return query
}

const fits = (text: string, row: Parameters<typeof aSummary>[0]): boolean => queryOf(text).fits(aSummary(row))

const problemOf = (text: string) => {
  const problem = readQuery(text, NOW)
  if (!('message' in problem)) throw new Error('it was accepted')
  return problem
}

describe('A filter', () => {
  it('means everything when it is empty', () => {
    expect(fits('', {})).toBe(true)
    expect(queryOf('').body).toBeNull()
  })

  it.each([
    ['event:message.*', { event: 'message.create.contact.chat' }, true],
    ['event:message.delete,conversation.*', { event: 'conversation.update.status' }, true],
    ['event:message.*', { event: null }, false],
    ['conv:a1', { conversation: 'a1b2' }, true],
    ['conv:b2', { conversation: 'a1b2' }, true],
    ['conv:1b', { conversation: 'a1b2' }, false],
    ['conv:1b', { conversation: null }, false],
    ['id:d1', {}, true],
    ['outcome:failed', { answered: 500 }, true],
    ['outcome:failed,rejected', { settled: 'rejected', answered: null }, true],
    ['-outcome:failed', { answered: 500 }, false],
    ['status:5xx', { status: 503 }, true],
    ['status:5XX', { status: 403 }, false],
    ['status:404', { status: 404 }, true],
    ['status:401', { status: null, ownStatus: 401 }, true],
    ['status:2xx', { status: null }, false],
    ['text:REFUND', { text: 'a refund, please' }, true],
    ['text:"a refund"', { text: 'a refund, please' }, true],
    ['text:"refund a"', { text: 'a refund, please' }, false],
    ['from:jenny', { label: { event: null, platformId: null, conversation: null, text: null, from: 'Jenny' } }, true],
    ['refund', { text: 'a REFUND' }, true],
    ['contact', { text: null }, true],
    ['nothing', { text: null }, false],
    ['is:edited', { editOf: 'd0' }, true],
    ['is:replayed', { replays: 1, attempts: 2 }, true],
    ['is:retried', { replays: 1, attempts: 2 }, false],
    ['is:retried', { replays: 1, attempts: 3 }, true],
    ['is:waiting', { settled: null }, true],
    ['-is:own', {}, true],
    ['since:1h', { receivedAt: NOW - 3_600_000 }, true],
    ['since:1h', { receivedAt: NOW - 3_600_001 }, false],
    ['until:11:30', { receivedAt: new Date(2026, 0, 2, 11, 29).getTime() }, true],
    ['-since:today', { receivedAt: NOW }, false],
    ['event:message.* status:5xx refund', { status: 500, text: 'refund' }, true],
    ['event:message.* status:5xx refund', { status: 500, text: 'hi' }, false],
  ] as const)('%s asks that of a row', (text, row, expected) => {
    expect(fits(text, row as Parameters<typeof aSummary>[0])).toBe(expected)
  })

  it('asks the body apart, so that it is read for those rows only that fit', () => {
    const { fits: row, body } = queryOf('status:2xx body:refund,"money back" -body:test')
    expect(row(aSummary())).toBe(true)
    expect(body?.('{"text":"Refund"}')).toBe(true)
    expect(body?.('my money back')).toBe(true)
    expect(body?.('a test of a refund')).toBe(false)
  })

  it.each([
    ['evnt:a', 'column 1: unknown key `evnt`', 'event, conv,'],
    ['hi -http://x', 'column 5: unknown key `http`', 'in quotes'],
    ['event:a..b', 'column 7: `a..b` means nothing to `event`', 'message.*'],
    ['outcome:failed,lost', 'column 16: `lost` means nothing to `outcome`', 'undelivered'],
    ['status:6xx', 'column 8: `6xx` means nothing to `status`', '5xx'],
    ['since:tomorrow', 'column 7: `tomorrow` means nothing to `since`', 'ago'],
    ['is:odd', 'column 4: `odd` means nothing to `is`', 'own'],
    ['body:', 'column 6: nothing follows `body:`', 'quotes'],
  ])('that is wrong says where, and what is allowed: %s', (text, words, allowed) => {
    expect(problemWords(problemOf(text))).toBe(words)
    expect(problemOf(text).allowed).toContain(allowed)
  })

  it('finds with a term exactly what it does not find with a minus in front', () => {
    const word = fc.constantFrom(
      'event:message.*',
      'status:2xx',
      'outcome:failed',
      'hi',
      '"h i"',
      'is:waiting',
      'since:1h',
    )
    const status = fc.constantFrom(200, 404, 500)
    fc.assert(
      fc.property(word, status, fc.constantFrom('hi', 'h i', null), (term, code, text) => {
        const row = { status: code, answered: code, text }
        expect(fits(`-${term}`, row)).toBe(!fits(term, row))
      }),
    )
  })

  it('is read, or refused at a place in it, whatever it says', () => {
    const piece = fc.oneof(
      fc.constantFrom('event:', 'status:', 'since:', 'body:', '-', '"', ',', ' ', '\\', '5xx', '1h'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const query = readQuery(text, NOW)
        if ('fits' in query) {
          expect(typeof query.fits(aSummary())).toBe('boolean')
          return
        }
        expect(query.start).toBeLessThanOrEqual(text.length)
        expect(query.allowed).not.toBe('')
      }),
    )
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
