import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRecentMap } from '../../src/core/recent-map.ts'

type Step = { readonly do: 'set' | 'delete'; readonly key: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ do: fc.constantFrom('set' as const, 'set', 'set', 'delete'), key: fc.nat(12) }),
)

describe('A map of the newest keys', () => {
  it('has the value that was set last for each of the newest, nothing that was deleted, and twice as many keys at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (limit, all) => {
        const map = createRecentMap<number, string>(limit)
        /** Oldest first. */
        let newest: { readonly key: number; readonly value: string }[] = []
        const deleted = new Set<number>()
        for (const [n, step] of all.entries()) {
          newest = newest.filter(({ key }) => key !== step.key)
          if (step.do === 'delete') {
            map.delete(step.key)
            deleted.add(step.key)
          } else {
            map.set(step.key, `${n}`)
            deleted.delete(step.key)
            newest.push({ key: step.key, value: `${n}` })
          }
          for (const { key, value } of newest.slice(-limit)) expect(map.get(key)).toBe(value)
          for (const key of deleted) expect(map.get(key)).toBeUndefined()
          const kept = Array.from({ length: 13 }, (_, key) => key).filter((key) => map.get(key) !== undefined)
          expect(kept.length).toBeLessThanOrEqual(2 * limit)
        }
      }),
    )
  })
})
