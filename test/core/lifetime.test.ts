import { describe, expect, it } from 'vitest'
import { createLifetime } from '../../src/core/lifetime.ts'

function setUp() {
  const released: string[] = []
  const failed: string[] = []
  const lifetime = createLifetime((name) => failed.push(name))
  return { released, failed, lifetime }
}

describe('A lifetime', () => {
  it('releases in reverse order, each after the one before is done', async () => {
    const { lifetime, released } = setUp()
    lifetime.add('first', () => void released.push('first'), 1_000)
    lifetime.add(
      'second',
      async () => {
        await Promise.resolve()
        released.push('second')
      },
      1_000,
    )
    await lifetime.end()
    expect(released).toEqual(['second', 'first'])
  })

  it('releases once, however often it is ended', async () => {
    const { lifetime, released } = setUp()
    lifetime.add('only', () => void released.push('only'), 1_000)
    await Promise.all([lifetime.end(), lifetime.end()])
    await lifetime.end()
    expect(released).toEqual(['only'])
  })

  it('announces a release that throws or hangs, and goes on with the next one', async () => {
    const { lifetime, released, failed } = setUp()
    lifetime.add('last', () => void released.push('last'), 1_000)
    lifetime.add('hangs', () => new Promise(() => undefined), 10)
    lifetime.add(
      'throws',
      () => {
        throw new Error('no')
      },
      1_000,
    )
    await lifetime.end()
    expect(failed).toEqual(['throws', 'hangs'])
    expect(released).toEqual(['last'])
  })

  it('ends every wait before it releases anything', async () => {
    const { lifetime } = setUp()
    lifetime.add('look', () => expect(lifetime.signal.aborted).toBe(true), 1_000)
    expect(lifetime.signal.aborted).toBe(false)
    await lifetime.end()
  })
})
