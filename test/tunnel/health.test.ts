// When a connection is probed, and when it is taken for lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/tunnel/connection.ts'
import { type Health, type HealthOptions, startHealth } from '../../src/tunnel/health.ts'
import type { ProbeResult } from '../../src/tunnel/probe.ts'
import { createFakeClock, type FakeClock, settled } from '../support/fake-clock.ts'

const YES: ProbeResult = { answered: true, who: null }
const NO: ProbeResult = { answered: false, reason: 'status 502' }
const MINUTE = 60_000

let clock: FakeClock
/** How far the wall clock is ahead of the monotonic one: it grows while the machine sleeps, or when somebody sets the clock. */
let ahead: number
let probes: number
let answers: ProbeResult[]
let lost: string[]
let health: Health
let ending: AbortController
let heartbeat: (answered: boolean) => void

beforeEach(() => {
  clock = createFakeClock()
  ahead = 0
  probes = 0
  answers = []
  lost = []
  ending = new AbortController()
})
afterEach(() => health.stop())

function watch(changes: Partial<HealthOptions> = {}): void {
  const connection: Connection = {
    url: 'https://x',
    ended: ending.signal,
    onHeartbeat: (listener) => {
      heartbeat = listener
      return () => {
        heartbeat = () => {}
      }
    },
    close: async () => {},
    kill: async () => {},
  }
  const probe = async (): Promise<ProbeResult> => {
    probes += 1
    return answers.shift() ?? YES
  }
  const wallClock = (): number => clock.now() + ahead
  const options = { probe, probeEveryMs: 2 * MINUTE, probeAgainMs: 1, clock, wallClock, ...changes }
  health = startHealth(connection, options, (reason) => lost.push(reason))
}

describe('the public URL is probed', () => {
  it('at its interval while nothing comes through', async () => {
    watch()
    await clock.pass(MINUTE)
    expect(probes).toBe(0)
    await clock.pass(3 * MINUTE + 5_000)
    expect(probes).toBe(2)
  })

  it('not at all while deliveries prove that it works', async () => {
    watch()
    for (let n = 0; n < 10; n += 1) {
      await clock.pass(MINUTE)
      health.markActive()
    }
    expect(probes).toBe(0)
    await clock.pass(2 * MINUTE + 5_000)
    expect(probes).toBe(1)
  })

  it('at once when the wall clock jumps, since the machine has slept', async () => {
    watch()
    ahead += 20 * MINUTE
    health.markActive()
    await clock.pass(5_000)
    expect(probes).toBe(1)
  })

  it('at once when the wall clock is set back, and after that at its interval again', async () => {
    watch()
    ahead -= 60 * MINUTE
    await clock.pass(5_000)
    expect(probes).toBe(1)
    await clock.pass(2 * MINUTE + 5_000)
    expect(probes).toBe(2)
  })

  it('no sooner when the wall clock runs fast', async () => {
    watch({ heartbeatLateMs: MINUTE })
    for (let n = 0; n < 10; n += 1) {
      ahead += 9_000
      await clock.pass(5_000)
    }
    expect(probes).toBe(0)
  })

  it('at once when a heartbeat is missed', async () => {
    watch()
    heartbeat(true)
    expect(probes).toBe(0)
    heartbeat(false)
    expect(probes).toBe(1)
  })

  it('soon after heartbeats are no longer reported at all, neither answered nor missed', async () => {
    watch({ heartbeatLateMs: 10_000 })
    heartbeat(true)
    await clock.pass(5_000)
    heartbeat(true)
    await clock.pass(5_000)
    expect(probes).toBe(0)
    await clock.pass(5_000)
    expect(probes).toBe(1)
  })

  it('at its interval only, where there are no heartbeats', async () => {
    watch()
    await clock.pass(MINUTE)
    expect(probes).toBe(0)
  })

  it('one probe at a time, however long that takes', async () => {
    watch({
      probe: () => {
        probes += 1
        return new Promise(() => {})
      },
    })
    heartbeat(false)
    await clock.pass(10 * MINUTE)
    expect(probes).toBe(1)
  })

  it('no more once it is stopped', async () => {
    watch()
    health.stop()
    heartbeat(false)
    await clock.pass(10 * MINUTE)
    expect(probes).toBe(0)
  })
})

describe('the connection is lost', () => {
  it('when two probes in a row are missed', async () => {
    watch()
    answers = [NO, NO]
    await clock.pass(2 * MINUTE + 1)
    expect(lost).toEqual(['the public URL does not answer: status 502'])
    expect(probes).toBe(2)
  })

  it('when a heartbeat and the probe after it are missed', async () => {
    watch()
    answers = [NO]
    heartbeat(false)
    await settled()
    expect(lost).toEqual(['the public URL does not answer: status 502'])
    expect(probes).toBe(1)
  })

  it('when two heartbeats in a row are missed, whatever the probe finds', async () => {
    watch()
    heartbeat(false)
    await clock.pass(5_000)
    expect(lost).toEqual([])
    heartbeat(false)
    expect(lost).toEqual(['the heartbeat stopped'])
  })

  it('when heartbeats are no longer reported and the probe after that is missed', async () => {
    watch({ heartbeatLateMs: 10_000 })
    answers = [NO]
    heartbeat(true)
    await clock.pass(10_000)
    await settled()
    expect(lost).toEqual(['the public URL does not answer: status 502'])
  })

  it('when it reports its own end', async () => {
    watch()
    ending.abort(new Error('the connection was lost'))
    await settled()
    expect(lost).toEqual(['the connection was lost'])
  })

  it('when it had ended before it was watched', async () => {
    ending.abort(new Error('the connection was lost'))
    watch()
    await settled()
    expect(lost).toEqual(['the connection was lost'])
  })

  it('only once', async () => {
    watch()
    heartbeat(false)
    heartbeat(false)
    heartbeat(false)
    ending.abort(new Error('the connection was lost'))
    await clock.pass(5_000)
    expect(lost).toHaveLength(1)
  })
})

describe('the connection is not lost', () => {
  it('when a missed probe is followed by one that is answered', async () => {
    watch()
    answers = [NO, YES, NO, YES]
    await clock.pass(2 * MINUTE)
    await clock.pass(1)
    expect(probes).toBe(2)
    await clock.pass(2 * MINUTE + 5_000)
    expect(probes).toBe(4)
    expect(lost).toEqual([])
  })

  it('when a missed heartbeat is followed by one that is answered', async () => {
    watch()
    for (let n = 0; n < 3; n += 1) {
      heartbeat(false)
      await clock.pass(5_000)
      heartbeat(true)
    }
    expect(lost).toEqual([])
  })
})
