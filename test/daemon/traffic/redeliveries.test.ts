import { describe, expect, it } from 'vitest'
import { createRedeliveries, type First } from '../../../src/daemon/traffic/redeliveries.ts'

const first = (key: string): First => ({
  key,
  id: `id of ${key}`,
  at: 0,
  recorded: true,
  state: 'open',
  answers: null,
})

describe('The memory of deliveries that may come again', () => {
  it('knows the first of a key until it is told to forget it', () => {
    const memory = createRedeliveries(10, () => 0)
    memory.remember(first('key'))
    expect(memory.first('key')?.id).toBe('id of key')
    expect(memory.first('other')).toBeUndefined()
    memory.forget(first('key'))
    expect(memory.first('key')).toBeUndefined()
  })

  it('keeps the newest only, so that it never grows without end', () => {
    const memory = createRedeliveries(3, () => 0)
    const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`)
    keys.forEach((key, i) => {
      memory.remember(first(key))
      const known = keys.filter((each) => memory.first(each))
      expect(known).toEqual(keys.slice(i + 1 - known.length, i + 1))
      expect(known.length).toBeGreaterThanOrEqual(Math.min(3, i + 1))
      expect(known.length).toBeLessThanOrEqual(6)
    })
  })

  it('forgets after a day', () => {
    let now = 0
    const memory = createRedeliveries(10, () => now)
    memory.remember(first('key'))
    now = 24 * 3_600_000 - 1
    expect(memory.first('key')?.id).toBe('id of key')
    now += 1
    expect(memory.first('key')).toBeUndefined()
  })
})
