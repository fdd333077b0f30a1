import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDebounce } from '../../src/watch/debounce.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const TIMES = { leadMs: 10, quietMs: 100, maxMs: 1_000 }

function gather() {
  const batches: string[] = []
  const { pass, ...clock } = createFakeClock(0)
  const onBatch = (items: readonly string[]) => void batches.push(`${clock.now()}: ${items.join(' ')}`)
  return { batch: createDebounce(TIMES, onBatch, clock), batches, pass }
}

describe('A batch', () => {
  it('ends a moment after its last item, with each item once', async () => {
    const { batch, batches, pass } = gather()
    batch.add('a')
    await pass(9)
    batch.add('b')
    batch.add('a')
    await pass(10)
    expect(batches).toEqual(['19: a b'])
  })

  it('that follows another ends when it has settled, and the next one alone is quick again', async () => {
    const { batch, batches, pass } = gather()
    batch.add('a')
    await pass(50)
    batch.add('b')
    await pass(90)
    batch.add('c')
    await pass(300)
    batch.add('d')
    await pass(10)
    expect(batches).toEqual(['10: a', '240: b c', '450: d'])
  })

  it('that never settles ends all the same', async () => {
    const { batch, batches, pass } = gather()
    for (let i = 0; i < 300; i++) {
      batch.add('a')
      await pass(5)
    }
    expect(batches).toEqual(['1000: a'])
  })

  it('that is cancelled never ends, and whoever waits until it has settled goes on', async () => {
    const { batch, batches, pass } = gather()
    batch.add('a')
    const settled = batch.settled()
    batch.cancel()
    await settled
    await pass(2_000)
    expect(batches).toEqual([])
  })

  it('loses no item, whenever it comes, and is settled exactly when nothing is gathered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waits: fc.constantFrom(0, 5, 11, 99, 150), item: fc.nat(5) })),
        async (all) => {
          const ended: string[][] = []
          const clock = createFakeClock()
          const batch = createDebounce(TIMES, (items) => void ended.push([...items]), clock)
          let open = new Set<string>()
          for (const { waits, item } of all) {
            batch.add(String(item))
            open.add(String(item))
            let isSettled = false
            void batch.settled().then(() => {
              isSettled = true
            })
            const before = ended.length
            await clock.pass(waits)
            expect(isSettled).toBe(ended.length > before)
            if (ended.length === before) continue
            expect(ended.at(-1)?.sort()).toEqual([...open].sort())
            open = new Set()
          }
          await clock.pass(1_000)
          await batch.settled()
          expect(clock.timers()).toBe(0)
        },
      ),
    )
  })
})
