// What every clock does: the one of this machine, and the one that stands still until a test turns it.
import { describe, expect, it } from 'vitest'
import { type Clock, MONOTONIC } from '../../src/core/async.ts'
import { createFakeClock } from '../support/fake-clock.ts'

interface Turning {
  readonly clock: Clock
  /** Lets at least so many ms pass. */
  pass(ms: number): Promise<void>
}

const CLOCKS: readonly (readonly [name: string, open: () => Turning])[] = [
  ['The clock of this machine', () => ({ clock: MONOTONIC, pass: (ms) => MONOTONIC.sleep(ms + 5) })],
  [
    'The fake clock',
    () => {
      const clock = createFakeClock()
      return { clock, pass: clock.pass }
    },
  ],
]

describe.each(CLOCKS)('%s', (_, open) => {
  it('goes forward by what passes', async () => {
    const { clock, pass } = open()
    const before = clock.now()
    await pass(20)
    expect(clock.now() - before).toBeGreaterThanOrEqual(20)
  })

  it('calls back in the order in which it is due, once, and not what was undone', async () => {
    const { clock, pass } = open()
    const called: string[] = []
    clock.after(20, () => called.push('later'))
    clock.after(1, () => called.push('sooner'))
    const undo = clock.after(1, () => called.push('never'))
    undo()
    undo()
    expect(called).toEqual([])
    await pass(40)
    expect(called).toEqual(['sooner', 'later'])
    await pass(20)
    expect(called).toEqual(['sooner', 'later'])
  })

  it('sleeps as long as it is told, or until it is aborted, with the reason of that', async () => {
    const { clock, pass } = open()
    const before = clock.now()
    const slept = clock.sleep(10).then(() => clock.now() - before)
    const leaving = new AbortController()
    const left = clock.sleep(60_000, leaving.signal).then(undefined, (reason: unknown) => reason)
    const reason = new Error('somebody left')
    leaving.abort(reason)
    expect(await left).toBe(reason)
    await expect(clock.sleep(60_000, leaving.signal)).rejects.toBe(reason)
    await pass(10)
    expect(await slept).toBeGreaterThanOrEqual(9)
  })
})
