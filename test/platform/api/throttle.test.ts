// How fast the platform may be called.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createThrottle } from '../../../src/platform/api/throttle.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const signal = new AbortController().signal

describe('the throttle', () => {
  it('never lets more than ten calls through in any second, and lets all of them through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(150), { minLength: 11, maxLength: 80 }), async (gaps) => {
        const clock = createFakeClock(0)
        const throttle = createThrottle({ clock })
        const sent: number[] = []
        for (const gap of gaps) {
          await clock.pass(gap)
          await clock.until(throttle.acquire(signal))
          sent.push(clock.now())
        }
        sent.forEach((at, i) => {
          const eleventh = sent[i + 10]
          if (eleventh !== undefined) expect(eleventh - at).toBeGreaterThan(1_000)
        })
      }),
    )
  })

  it('holds for callers that come at the same time too', async () => {
    const throttle = createThrottle({ calls: 3, windowMs: 60 })
    const sent: number[] = []
    await Promise.all(
      Array.from({ length: 9 }, async () => {
        await throttle.acquire(signal)
        sent.push(performance.now())
      }),
    )
    sent.forEach((at, i) => {
      const fourth = sent[i + 3]
      if (fourth !== undefined) expect(fourth - at).toBeGreaterThan(50)
    })
    expect(sent).toHaveLength(9)
  })

  it('lets nobody through while the platform asks for a pause', async () => {
    const clock = createFakeClock(0)
    const throttle = createThrottle({ clock })
    throttle.pause(7_000)
    throttle.pause(3_000)
    await clock.until(throttle.acquire(signal))
    expect(clock.now()).toBe(7_000)
  })

  it('can be left by aborting', async () => {
    const throttle = createThrottle()
    throttle.pause(60_000)
    const leaving = new AbortController()
    const acquired = throttle.acquire(leaving.signal)
    leaving.abort(new Error('leaving'))
    await expect(acquired).rejects.toThrow()
  })
})
