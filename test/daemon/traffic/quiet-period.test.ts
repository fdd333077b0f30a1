// How long the end waits for deliveries that are still on their way.
import { describe, expect, it } from 'vitest'
import { createQuietPeriod } from '../../../src/daemon/traffic/quiet-period.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

/** When it is quiet, in ms, if a delivery comes at each of these times. */
async function quietAt(...times: readonly number[]): Promise<number> {
  const clock = createFakeClock(0)
  const quietPeriod = createQuietPeriod(clock)
  for (const ms of times) clock.after(ms, quietPeriod.arrived)
  await clock.until(quietPeriod.over())
  return clock.now()
}

describe('The quiet period', () => {
  it('is over a tenth of a second after the last delivery', async () => {
    expect(await quietAt()).toBe(100)
    expect(await quietAt(30, 80)).toBe(180)
    expect(await quietAt(30, 180)).toBe(130)
  })

  it('is given up when deliveries keep arriving', async () => {
    expect(await quietAt(...Array.from({ length: 50 }, (_, n) => n * 50))).toBe(600)
  })

  it('takes its time although nothing has arrived for long', async () => {
    const clock = createFakeClock(0)
    const quietPeriod = createQuietPeriod(clock)
    quietPeriod.arrived()
    await clock.pass(5_000)
    const began = clock.now()
    await clock.until(quietPeriod.over())
    expect(clock.now() - began).toBe(100)
  })
})
