// How fast the platform may be called.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimit } from '../../../src/platform/api/rate-limit.ts'

/** A clock that only moves when somebody sleeps. */
function createClock() {
  let now = 0
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    now += ms
  }
  return {
    clock: () => now,
    sleep,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const signal = new AbortController().signal

describe('the rate limit', () => {
  it('never lets more than ten calls through in any second, and lets all of them through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(150), { minLength: 11, maxLength: 80 }), async (gaps) => {
        const { clock, sleep, pass } = createClock()
        const limit = createRateLimit({ clock, sleep })
        const sent: number[] = []
        for (const gap of gaps) {
          pass(gap)
          await limit.turn(signal)
          sent.push(clock())
        }
        sent.forEach((at, i) => {
          const eleventh = sent[i + 10]
          if (eleventh !== undefined) expect(eleventh - at).toBeGreaterThan(1_000)
        })
      }),
    )
  })

  it('holds for callers that come at the same time too', async () => {
    const limit = createRateLimit({ calls: 3, windowMs: 60 })
    const sent: number[] = []
    await Promise.all(
      Array.from({ length: 9 }, async () => {
        await limit.turn(signal)
        sent.push(performance.now())
      }),
    )
    sent.forEach((at, i) => {
      const fourth = sent[i + 3]
      if (fourth !== undefined) expect(fourth - at).toBeGreaterThan(50)
    })
    expect(sent).toHaveLength(9)
  })

  it('lets nobody through while the platform asks for rest', async () => {
    const { clock, sleep } = createClock()
    const limit = createRateLimit({ clock, sleep })
    limit.rest(7_000)
    limit.rest(3_000)
    await limit.turn(signal)
    expect(clock()).toBe(7_000)
  })

  it('can be left by aborting', async () => {
    const limit = createRateLimit()
    limit.rest(60_000)
    const leaving = new AbortController()
    const turn = limit.turn(leaving.signal)
    leaving.abort(new Error('leaving'))
    await expect(turn).rejects.toThrow()
  })
})
