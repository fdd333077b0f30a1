// The paces of attempts: what each waits, whatever came before.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff, every, exponential, type Pace, sinceBeginning, slowingDown } from '../../src/core/pace.ts'

const ms = fc.nat(5_000)

describe('A pace', () => {
  const attempted = fc.record({ n: fc.nat(200), tookMs: ms, elapsedMs: fc.nat(10_000_000) })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const holds = (pace: Pace, check: (waitMs: number, one: Parameters<Pace>[0]) => void): void =>
    fc.assert(
      fc.property(attempted, (one) => {
        check(pace(one), one)
      }),
    )

  it('that is even waits the same always', () => {
    holds(every(70), (waitMs) => expect(waitMs).toBe(70))
  })

  it('that backs off stays between half and all of a step that doubles up to the most', () => {
    fc.assert(
      fc.property(attempted, random, (one, chance) => {
        const step = Math.min(10_000, 100 * 2 ** one.n)
        const waitMs = exponential(100, 10_000, () => chance)(one)
        expect(waitMs).toBe(backOff(one.n, 100, 10_000, () => chance))
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(step / 2))
        expect(waitMs).toBeLessThanOrEqual(step)
        expect(Number.isInteger(waitMs)).toBe(true)
      }),
    )
  })

  it('that counts from the beginning takes off what the attempt took, and is never negative', () => {
    holds(sinceBeginning(every(1_000)), (waitMs, { tookMs }) => expect(waitMs).toBe(Math.max(0, 1_000 - tookMs)))
  })

  it('that slows down waits a twentieth of the time so far, within its bounds', () => {
    holds(slowingDown(10, 250), (waitMs, { elapsedMs }) => {
      expect(waitMs).toBeGreaterThanOrEqual(10)
      expect(waitMs).toBeLessThanOrEqual(250)
      if (waitMs !== 10 && waitMs !== 250) expect(waitMs).toBe(elapsedMs / 20)
    })
  })
})
