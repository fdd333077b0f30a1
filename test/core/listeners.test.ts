// What a set of listeners promises: each is called as often as it was added, whatever it does and whatever the others do.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createListeners, createObservable, type Off } from '../../src/core/listeners.ts'

type Step =
  | { readonly do: 'add'; readonly listener: number }
  | { readonly do: 'remove'; readonly which: number }
  | { readonly do: 'emit' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.nat(3).map((listener) => ({ do: 'add' as const, listener })),
  fc.nat(9).map((which) => ({ do: 'remove' as const, which })),
  fc.constant({ do: 'emit' as const }),
)

/** What is thrown and caught by nobody until `work` is over and a turn later. */
async function uncaughtIn(work: () => void): Promise<unknown[]> {
  const others = process.listeners('uncaughtException')
  const uncaught: unknown[] = []
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => void uncaught.push(error))
  try {
    work()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
  }
  return uncaught
}

describe('Listeners', () => {
  it('are called as often as they were added and not removed, in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const listeners = createListeners<number>()
        const calls: string[] = []
        const functions = [0, 1, 2, 3].map((n) => (event: number) => void calls.push(`${n} ${event}`))
        const added: { readonly n: number; readonly off: Off; isThere: boolean }[] = []
        for (const [event, one] of steps.entries()) {
          if (one.do === 'add') {
            const off = listeners.on(functions[one.listener] ?? (() => undefined))
            added.push({ n: one.listener, off, isThere: true })
          }
          if (one.do === 'remove') {
            const it = added[one.which]
            it?.off()
            // Twice is as good as once.
            it?.off()
            if (it) it.isThere = false
          }
          const there = added.filter(({ isThere }) => isThere)
          expect(listeners.size).toBe(there.length)
          if (one.do !== 'emit') continue
          calls.length = 0
          listeners.emit(event)
          expect(calls).toEqual(there.map(({ n }) => `${n} ${event}`))
        }
      }),
    )
  })

  it('that throw keep no other from being called, and their errors surface', async () => {
    const { on, emit } = createListeners<string>()
    const heard: string[] = []
    const [first, second] = [new Error('first'), new Error('second')]
    on(() => {
      throw first
    })
    on((event) => void heard.push(event))
    on(() => {
      throw second
    })
    on((event) => void heard.push(event))
    expect(await uncaughtIn(() => emit('a'))).toEqual([first, second])
    expect(heard).toEqual(['a', 'a'])
  })

  it('that are removed by another one before their turn are not called', () => {
    const { on, emit } = createListeners<void>()
    const heard: string[] = []
    on(() => offLast())
    const offSelf = on(() => {
      heard.push('itself')
      offSelf()
    })
    const offLast = on(() => void heard.push('last'))
    emit()
    emit()
    expect(heard).toEqual(['itself'])
  })
})

describe('An observable value', () => {
  it('calls nobody with the first value, and everybody with each later one, when it is current already', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (first, later) => {
        const value = createObservable(first)
        const seen: unknown[] = []
        const off = value.on((now) => {
          expect(value.current()).toBe(now)
          seen.push(now)
        })
        expect(value.current()).toBe(first)
        for (const one of later) value.set(one)
        off()
        value.set('after')
        expect(seen).toEqual(later)
        expect(value.current()).toBe('after')
      }),
    )
  })
})
