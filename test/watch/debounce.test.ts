import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDebounce } from '../../src/watch/debounce.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const TIMES = { leadMs: 10, quietMs: 100, longestMs: 1_000 }

function gather() {
  const told: string[] = []
  const { pass, ...clock } = createFakeClock(0)
  const listener = {
    onBegin: (first: string) => told.push(`${clock.now()}: ${first} …`),
    onEnd: (items: readonly string[]) => told.push(`${clock.now()}: ${items.join(' ')}`),
  }
  return { batch: createDebounce(TIMES, listener, clock), told, pass }
}

describe('A batch', () => {
  it('begins with the first item, and ends a moment after the last', async () => {
    const { batch, told, pass } = gather()
    batch.add('a')
    await pass(9)
    batch.add('b')
    batch.add('a')
    await pass(10)
    expect(told).toEqual(['0: a …', '19: a b'])
  })

  it('that follows another ends when there is rest, and the next one alone is quick again', async () => {
    const { batch, told, pass } = gather()
    batch.add('a')
    await pass(50)
    batch.add('b')
    await pass(90)
    batch.add('c')
    await pass(300)
    batch.add('d')
    await pass(10)
    expect(told).toEqual(['0: a …', '10: a', '50: b …', '240: b c', '440: d …', '450: d'])
  })

  it('that never comes to rest ends all the same', async () => {
    const { batch, told, pass } = gather()
    for (let i = 0; i < 300; i++) {
      batch.add('a')
      await pass(5)
    }
    expect(told).toEqual(['0: a …', '1000: a', '1000: a …'])
  })

  it('that is cancelled never ends, and whoever waits for rest goes on', async () => {
    const { batch, told, pass } = gather()
    batch.add('a')
    const rest = batch.settled()
    batch.cancel()
    await rest
    await pass(2_000)
    expect(told).toEqual(['0: a …'])
  })

  it('loses no item, whenever it comes, and there is rest exactly when nothing is gathered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waits: fc.constantFrom(0, 5, 11, 99, 150), item: fc.nat(5) })),
        async (all) => {
          const begun: string[] = []
          const ended: string[][] = []
          const clock = createFakeClock()
          const listener = {
            onBegin: (first: string) => begun.push(first),
            onEnd: (items: readonly string[]) => ended.push([...items]),
          }
          const batch = createDebounce(TIMES, listener, clock)
          let open = new Set<string>()
          for (const { waits, item } of all) {
            batch.add(String(item))
            open.add(String(item))
            let rests = false
            void batch.settled().then(() => {
              rests = true
            })
            const before = ended.length
            await clock.pass(waits)
            expect(rests).toBe(ended.length > before)
            if (ended.length === before) continue
            expect(ended.at(-1)?.sort()).toEqual([...open].sort())
            open = new Set()
          }
          await clock.pass(1_000)
          expect(begun).toHaveLength(ended.length)
        },
      ),
    )
  })
})
