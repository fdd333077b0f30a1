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

describe('What is left of deliveries that were pruned', () => {
  it('is found by the key of the latest, and told of each segment in its order, wherever that is added to again', () => {
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

  it('is there once, though a segment that could not be removed leaves it again', () => {
    const keys = createPrunedKeys()
    for (let time = 0; time < 2; time += 1) keys.add('s1', [left(1), left(2)])
    expect(keys.json('s1')).toEqual([left(1), left(2)].map(writeRecord))
    keys.written('s1')
    keys.add('s1', [left(1)])
    expect(keys.unwritten()).toEqual([])
  })

  it('gives the latest of a key', () => {
    const keys = createPrunedKeys()
    keys.add('s1', [left(1, 'k')])
    keys.add('s2', [left(2, 'k'), left(3, 'other')])
    expect(keys.find('k')?.id).toBe('d2')
    expect(keys.find('unknown')).toBeNull()
  })

  it('is forgotten with its segment after a day, and when there are twenty thousand of later ones', () => {
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
