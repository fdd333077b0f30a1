// Lists: filters, order, parts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/sandbox/resources/parse-query.ts'
import { findDocuments, matches, nextUrl, selectFields } from '../../../src/sandbox/resources/query.ts'

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

  it('no query is too odd to be read, or refused with 400 and a sentence', () => {
    const property = fc.property(fc.string(), (search) => {
      try {
        const query = parseQuery(search)
        expect(query.limit).toBeGreaterThanOrEqual(1)
        expect(query.limit).toBeLessThanOrEqual(1_000)
        findDocuments([JENNY], query)
      } catch (error) {
        expect(error).toMatchObject({ name: 'ApiError', status: 400 })
      }
    })
    fc.assert(property)
    expect(parseQuery('?limit=5000&ids=[a]')).toMatchObject({
      limit: 1_000,
      filters: [{ path: 'id', wanted: '[a]' }],
    })
  })

  it.each([
    ['limit=0', 'limit must be a whole number from 1'],
    ['limit=ten', 'limit must be a whole number from 1'],
    ['limit=1e9', 'limit must be a whole number from 1'],
    ['offset=-1', 'offset must be a whole number from 0'],
    ['limit=1&limit=2', 'limit is given twice'],
    ['name=a&name=b', 'name is given twice'],
    ['createdAt=>nonsense', 'createdAt must be compared with a date in ISO 8601'],
    ['updatedAt=<=2020-13-45', 'updatedAt must be compared with a date in ISO 8601'],
    ['age=>', 'age must be compared with a value'],
    ['id=[a,b', 'the list of id has no end'],
    ['meta..a=1', 'a filter must name a field: meta..a'],
    ['=1', 'a filter must name a field: '],
    ['sort=a.', 'sort must be fields, separated by commas'],
    ['populate=.', 'populate must be fields, separated by commas'],
  ])('refuses %s', (search, message) => {
    expect(() => parseQuery(search)).toThrow(expect.objectContaining({ status: 400, message }))
  })

  it.each(['createdAt=>2019', 'createdAt=>=2020-09-14T10:00:00+02:00', 'text=[hi] there', 'age=<10', 'meta.a-b=1', ''])(
    'takes %s',
    (search) => {
      expect(() => parseQuery(search)).not.toThrow()
    },
  )

  it('reads a date at its offset, and as UTC without one', () => {
    const at = (search: string) => parseQuery(search).filters[0]?.wanted
    expect(at('createdAt=>=2020-09-14T10:00:00+02:00')).toBe('>=2020-09-14T08:00:00.000Z')
    expect(at('createdAt=>=2020-09-14T10:00:00')).toBe('>=2020-09-14T10:00:00.000Z')
    expect(at('createdAt=<2019')).toBe('<2019-01-01T00:00:00.000Z')
  })

  it('selects fields however deep they lie', () => {
    expect(selectFields(JENNY, ['name', 'meta.deep', 'participants.user', 'tags.x'])).toEqual({
      id: 'a1',
      name: 'Jenny Jones',
      meta: { deep: { a: 1 } },
      participants: [{ user: 'u1' }, { user: 'u2' }],
      tags: ['red', 'blue'],
    })
    expect(selectFields(JENNY, ['meta.deep.a', 'meta'])).toEqual({ id: 'a1', meta: JENNY.meta })
  })
})
