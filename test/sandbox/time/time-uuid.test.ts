// UUIDs of version 1.
import { describe, expect, it } from 'vitest'
import { timeUuid } from '../../../src/sandbox/time/time-uuid.ts'

/** The time in a UUID of version 1, in ms since the epoch. */
function timeIn(uuid: string): number {
  const [low = '', middle = '', high = ''] = uuid.split('-')
  return Number(BigInt(`0x${high.slice(1)}${middle}${low}`) / 10_000n) - 12_219_292_800_000
}

describe('The id of an event', () => {
  it('is a UUID of version 1 that holds its time', () => {
    const at = Date.parse('2026-11-26T12:00:00.123Z')
    const uuid = timeUuid(at)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(timeIn(uuid)).toBe(at)
    // The one that is documented: March 2017.
    expect(new Date(timeIn('774ae370-02cc-11e7-ac41-c38ce8763025')).toISOString()).toMatch(/^2017-03-07/)
  })

  it('is never there twice', () => {
    const at = Date.now()
    const uuids = Array.from({ length: 5_000 }, () => timeUuid(at))
    expect(new Set(uuids).size).toBe(5_000)
  })
})
