// What the end of a run promises: everything is released once, in order, and nothing is waited for too long.
import { describe, expect, it } from 'vitest'
import { createLifetime } from '../../src/core/lifetime.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const ORDER = [
  { name: 'first', limitMs: 50 },
  { name: 'second', limitMs: 2_000 },
  { name: 'third', limitMs: 1_000 },
] as const

function setUp() {
  const released: string[] = []
  const failed: string[] = []
  const clock = createFakeClock()
  const lifetime = createLifetime(ORDER, (name, cause) => failed.push(`${name}: ${String(cause)}`), clock)
  const releasing = (name: string) => () => void released.push(name)
  return { released, failed, lifetime, releasing, clock }
}

const hang = (): Promise<void> => new Promise(() => undefined)

describe('A lifetime', () => {
  it('releases in the order of its table, whatever the order of the acquisition', async () => {
    const { lifetime, released, releasing } = setUp()
    for (const name of ['second', 'third', 'first'] as const) lifetime.add(name, releasing(name))
    await lifetime.end()
    expect(released).toEqual(['first', 'second', 'third'])
  })

  it('begins each release when the one before is done', async () => {
    const { lifetime, released, releasing } = setUp()
    lifetime.add('first', async () => {
      await Promise.resolve()
      released.push('first')
    })
    lifetime.add('third', releasing('third'))
    await lifetime.end()
    expect(released).toEqual(['first', 'third'])
  })

  it('releases once, however often it is ended', async () => {
    const { lifetime, released, releasing } = setUp()
    lifetime.add('first', releasing('first'))
    await Promise.all([lifetime.end(), lifetime.end()])
    await lifetime.end()
    expect(released).toEqual(['first'])
  })

  it('announces a release that throws, and goes on with the next one', async () => {
    const { lifetime, released, failed, releasing } = setUp()
    lifetime.add('first', () => {
      throw new Error('no')
    })
    lifetime.add('second', () => Promise.reject(new Error('not now')))
    lifetime.add('third', releasing('third'))
    await lifetime.end()
    expect(failed).toEqual(['first: Error: no', 'second: Error: not now'])
    expect(released).toEqual(['third'])
  })

  it('waits for a release that hangs until its limit, not longer', async () => {
    const { lifetime, released, failed, releasing, clock } = setUp()
    lifetime.add('second', hang)
    lifetime.add('third', releasing('third'))
    const ended = lifetime.end()
    await clock.pass(1_999)
    expect([failed, released]).toEqual([[], []])
    await clock.pass(1)
    expect(failed).toEqual(['second: Error: did not end within 2000 ms'])
    expect(released).toEqual(['third'])
    await ended
  })

  it('releases what is added while it ends', async () => {
    const { lifetime, released, releasing } = setUp()
    lifetime.add('second', () => lifetime.add('first', releasing('first')))
    await lifetime.end()
    expect(released).toEqual(['first'])
  })

  it('refuses a second thing of the same name: one of the two would never be released', () => {
    const { lifetime, releasing } = setUp()
    lifetime.add('first', releasing('first'))
    expect(() => lifetime.add('first', releasing('first'))).toThrow('first is held already')
  })

  it('ends every wait before it releases anything', async () => {
    const { lifetime, released } = setUp()
    lifetime.add('first', () => void released.push(`aborted: ${lifetime.signal.aborted}`))
    expect(lifetime.signal.aborted).toBe(false)
    await lifetime.end()
    expect(released).toEqual(['aborted: true'])
  })
})
