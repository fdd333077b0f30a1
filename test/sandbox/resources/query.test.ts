// Lists: filters, order, parts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDocuments, matches, nextUrl, parseQuery } from '../../../src/sandbox/resources/query.ts'

const JENNY = {
  id: 'a1',
  name: 'Jenny Jones',
  createdAt: '2020-09-14T10:00:00.000Z',
  orgPath: 'root#org#sub',
  age: 9,
  participants: [{ user: 'u1', inbox: true }, { user: 'u2' }],
  tags: ['red', 'blue'],
  meta: { deep: { a: 1 } },
}

describe('The query of a list', () => {
  it.each([
    ['name', 'Jenny Jones', true],
    ['name', 'Jenny', false],
    ['name', '~JENNY', true],
    ['createdAt', '>2019-01-01', true],
    ['createdAt', '>=2020-09-14T10:00:00.000Z', true],
    ['createdAt', '<2020-09-14T10:00:00.000Z', false],
    ['createdAt', '<=2020-09-14T10:00:00.000Z', true],
    ['age', '>10', false],
    ['age', '<10', true],
    ['orgPath', '^root#org', true],
    ['orgPath', '^org', false],
    ['id', '[b2,a1]', true],
    ['id', '[b2]', false],
    ['participants.user', 'u2', true],
    ['participants.inbox', 'true', true],
    ['participants.user', 'u3', false],
    ['tags', 'blue', true],
    ['meta.deep.a', '1', true],
    ['meta', '[object Object]', false],
    ['missing', 'undefined', false],
    ['toString', '~function', false],
  ])('the filter %s=%s says %s', (path, wanted, expected) => {
    expect(matches(JENNY, { path, wanted })).toBe(expected)
  })

  it('parts of a list, put together, are the list', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (count, limit) => {
        const all = Array.from({ length: count }, (_, n) => ({ id: String(n) }))
        const seen: unknown[] = []
        let search = `?limit=${limit}`
        for (let parts = 0; parts <= count; parts++) {
          const query = parseQuery(search)
          const { found, more } = findDocuments(all, query)
          seen.push(...found)
          if (!more) break
          search = new URL(nextUrl('http://api/v2/users', search, query)).search
        }
        expect(seen).toEqual(all)
      }),
    )
  })

  it('sorting is stable, descends with a minus, and uses every field', () => {
    const all = [
      { id: '1', a: 'x', n: 10 },
      { id: '2', a: 'y', n: 9 },
      { id: '3', a: 'x', n: 9 },
    ]
    const ids = (search: string) => findDocuments(all, parseQuery(search)).found.map(({ id }) => id)
    expect(ids('?sort=a')).toEqual(['1', '3', '2'])
    expect(ids('?sort=-a,n')).toEqual(['2', '3', '1'])
    expect(ids('?sort=unknown')).toEqual(['1', '2', '3'])
  })

  it('no query is too odd to read', () => {
    fc.assert(
      fc.property(fc.string(), (search) => {
        const query = parseQuery(search)
        expect(query.limit).toBeGreaterThanOrEqual(1)
        expect(query.limit).toBeLessThanOrEqual(1_000)
        findDocuments([JENNY], query)
      }),
    )
    expect(parseQuery('?limit=0&offset=-1')).toMatchObject({ limit: 1, offset: 0 })
    expect(parseQuery('?limit=1e9&ids=[a]')).toMatchObject({ limit: 100, filters: [{ path: 'id', wanted: '[a]' }] })
  })
})
