import { describe, expect, it } from 'vitest'
import { soon } from '../../../src/inspector/page/model/soon.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

describe('What is done soon', () => {
  it('is done while it is asked for again and again, once for all that was asked before', async () => {
    const clock = createFakeClock()
    let done = 0
    const ask = soon(
      () => {
        done += 1
      },
      150,
      (run, ms) => clock.after(ms, run),
    )
    for (let asked = 0; asked < 30; asked += 1) {
      ask()
      await clock.pass(50)
    }
    expect(done).toBe(10)
    await clock.pass(1_000)
    expect(done).toBe(10)
  })
})
