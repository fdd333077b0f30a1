// The platform's clock against a model of it: a list of what is due, and a time.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClockMode, createPlatformClock, type PlatformClock } from '../../../src/sandbox/time/platform-clock.ts'
import { createFakeClock, type FakeClock, settled } from '../../support/fake-clock.ts'

const STARTS_AT = Date.parse('2026-01-01T00:00:00Z')

interface Ground {
  readonly machine: FakeClock
  readonly clock: PlatformClock
}

function open(mode: ClockMode): Ground {
  const machine = createFakeClock()
  return { machine, clock: createPlatformClock({ mode, startsAt: STARTS_AT, machine }) }
}

/** What is due: its number and when. `again`: what it sets when it rings, so many ms later. */
interface Due {
  readonly name: string
  readonly at: number
  readonly again: number | null
}

/** The model: everything that is due, in the order in which it was set, and what has rung so far. */
class Model {
  now = STARTS_AT
  due: Due[] = []
  readonly rung: string[] = []

  pass(ms: number): void {
    const end = this.now + ms
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.due = this.due.filter((other) => other !== next)
      this.now = Math.max(this.now, next.at)
      this.rung.push(`${next.name} at ${this.now}`)
      if (next.again !== null) this.due.push({ name: `${next.name}+`, at: this.now + next.again, again: null })
    }
    this.now = end
  }

  private next(end: number): Due | undefined {
    return this.due.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
  }
}

const ms = fc.integer({ min: 0, max: 5_000 })
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), ms, again: fc.option(ms) }),
  fc.record({ do: fc.constant('undo' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('pass' as const), ms }),
  fc.record({ do: fc.constant('advance' as const), ms }),
)

describe('The clock of the platform', () => {
  it.each([
    ['manual' as const, 0],
    ['real' as const, 1],
    [4, 4],
    [0.5, 0.5],
  ])('calls back in the order and at the time of the model, whatever is set and undone: %s', async (mode, speed) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { machine, clock } = open(mode)
      const model = new Model()
      const rung: string[] = []
      const undo = new Map<string, () => void>()
      const set = (name: string, after: number, again: number | null): void => {
        const off = clock.after(after, () => {
          rung.push(`${name} at ${clock.now()}`)
          if (again !== null) set(`${name}+`, again, null)
        })
        undo.set(name, off)
      }
      for (const [n, one] of steps.entries()) {
        if (one.do === 'set') {
          set(String(n), one.ms, one.again)
          model.due.push({ name: String(n), at: model.now + one.ms, again: one.again })
        } else if (one.do === 'undo') {
          undo.get(String(one.which))?.()
          model.due = model.due.filter(({ name }) => name !== String(one.which))
        } else if (one.do === 'advance') {
          await clock.advance(one.ms)
          model.pass(one.ms)
        } else {
          // A multiple of four, so that the time of every speed is whole.
          await machine.pass(one.ms * 4)
          // One that stands rings nothing, not even what is due at once.
          if (speed > 0) model.pass(one.ms * 4 * speed)
        }
        expect(clock.now()).toBe(model.now)
        expect(rung).toEqual(model.rung)
      }
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('waits until what was due has had its effect before it goes on', async () => {
    const order: string[] = []
    let finish: (() => void) | undefined
    const work = new Promise<void>((resolve) => {
      finish = resolve
    })
    let isFirst = true
    const clock = createPlatformClock({
      mode: 'manual',
      settled: async () => {
        if (order.length > 0 && isFirst) {
          isFirst = false
          await work
        }
      },
    })
    clock.after(10, () => order.push('first'))
    clock.after(20, () => order.push('second'))
    const advanced = clock.advance(100)
    await settled()
    expect(order).toEqual(['first'])
    finish?.()
    await advanced
    expect(order).toEqual(['first', 'second'])
  })

  it('advances twice one after the other, and stands where both lead to', async () => {
    const { clock } = open('manual')
    await Promise.all([clock.advance(1_000), clock.advance(500)])
    expect(clock.stamp()).toBe('2026-01-01T00:00:01.500Z')
  })

  it('starts over for good, though it was being advanced, and rings nothing of what is set from then on', async () => {
    let finish: (() => void) | undefined
    const work = new Promise<void>((resolve) => {
      finish = resolve
    })
    const machine = createFakeClock()
    const clock = createPlatformClock({ startsAt: STARTS_AT, machine, settled: () => work })
    const advanced = Promise.all([clock.advance(3_600_000), clock.advance(3_600_000)])
    await settled()
    clock.restart()
    const startedOverAt = clock.now()
    clock.after(1_000, () => expect.unreachable())
    finish?.()
    await advanced
    expect(clock.now()).toBe(startedOverAt)
    await machine.pass(500)
    expect(clock.now()).toBe(startedOverAt + 500)
  })

  it('ends a sleep with its signal, and forgets everything when it is stopped', async () => {
    const { clock, machine } = open('real')
    const control = new AbortController()
    const sleeping = clock.sleep(1_000, control.signal)
    control.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    expect(machine.timers()).toBe(0)
    clock.after(10, () => expect.unreachable())
    clock.stop()
    clock.after(10, () => expect.unreachable())
    await machine.pass(100)
    await clock.advance(100)
    expect(machine.timers()).toBe(0)
  })

  it('waits longer than a timer of this machine can', async () => {
    const { clock, machine } = open(0.001)
    let rang = false
    clock.after(24 * 3_600_000, () => {
      rang = true
    })
    await machine.pass(24 * 3_600_000 * 1_000 - 1_000)
    expect(rang).toBe(false)
    await machine.pass(2_000)
    expect(rang).toBe(true)
  })
})
