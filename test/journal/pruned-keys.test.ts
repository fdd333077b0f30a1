import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeyRecord, writeRecord } from '../../src/journal/format/record-format.ts'
import { createPrunedKeys, KEY_KEPT_MS } from '../../src/journal/prune/pruned-keys.ts'

const left = (n: number, key = `key ${n}`, receivedAt = n): KeyRecord => ({
  t: 'key',
  seq: 1,
  id: `d${n}`,
  key,
  receivedAt,
  settled: 'delivered',
  status: 200,
})

describe('The keys of pruned deliveries', () => {
  it('are found by the latest delivery, and listed for each segment in order, even when more are added to an earlier one', () => {
    const anyAdded = fc.record({
      segment: fc.nat(4),
      keys: fc.array(fc.constantFrom('a', 'b', 'c', 'ü'), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(anyAdded, { maxLength: 30 }), (steps) => {
        const keys = createPrunedKeys()
        const told = new Map<string, string[]>()
        let n = 0
        for (const { segment, keys: added } of steps) {
          const records = added.map((key) => left(++n, key))
          keys.add(`s${segment}`, records)
          told.set(`s${segment}`, [...(told.get(`s${segment}`) ?? []), ...records.map(writeRecord)])
        }
        for (const [segment, json] of told) expect(keys.json(segment)).toEqual(json)
        for (let i = 1; i <= n; i += 1) expect(keys.has(`d${i}`)).toBe(true)
        expect(keys.unwritten().sort()).toEqual(
          [...told]
            .filter(([, json]) => json.length > 0)
            .map(([name]) => name)
            .sort(),
        )
      }),
    )
  })

  it('are there once, although a segment that could not be removed leaves them again', () => {
    const keys = createPrunedKeys()
    for (let time = 0; time < 2; time += 1) keys.add('s1', [left(1), left(2)])
    expect(keys.json('s1')).toEqual([left(1), left(2)].map(writeRecord))
    keys.written('s1')
    keys.add('s1', [left(1)])
    expect(keys.unwritten()).toEqual([])
  })

  it('give the latest delivery of a key', () => {
    const keys = createPrunedKeys()
    keys.add('s1', [left(1, 'k')])
    keys.add('s2', [left(2, 'k'), left(3, 'other')])
    expect(keys.find('k')?.id).toBe('d2')
    expect(keys.find('unknown')).toBeNull()
  })

  it('are forgotten with their segment after a day, or when there are twenty thousand later ones', () => {
    const keys = createPrunedKeys()
    for (let segment = 0; segment < 23; segment += 1)
      keys.add(
        `s${segment}`,
        Array.from({ length: 1_000 }, (_, i) => left(segment * 1_000 + i)),
      )
    expect(keys.forgetExpired(0)).toEqual(['s0', 's1', 's2'])
    expect(keys.find('key 2999')).toBeNull()
    expect(keys.find('key 3000')?.id).toBe('d3000')
    expect(keys.forgetExpired(3_999 + KEY_KEPT_MS)).toEqual([])
    expect(keys.forgetExpired(4_000 + KEY_KEPT_MS)).toEqual(['s3'])
    expect(keys.forgetExpired(23_000 + KEY_KEPT_MS)).toHaveLength(19)
    expect(keys.has('d22999')).toBe(false)
  })
})
