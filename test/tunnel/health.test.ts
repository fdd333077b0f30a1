// When a line is probed, and when it is held to be lost.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Line } from '../../src/tunnel/connection.ts'
import { type Health, type HealthOptions, startHealth } from '../../src/tunnel/health.ts'
import type { ProbeResult } from '../../src/tunnel/probe.ts'

const YES: ProbeResult = { answered: true, who: null }
const NO: ProbeResult = { answered: false, reason: 'status 502' }
const MINUTE = 60_000

let now: number
let asked: number
let answers: ProbeResult[]
let lost: string[]
let health: Health
let ending: AbortController
let hear: (answered: boolean) => void

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  now = 1_000_000
  asked = 0
  answers = []
  lost = []
  ending = new AbortController()
})
afterEach(() => {
  health.stop()
  vi.useRealTimers()
})

function watch(changes: Partial<HealthOptions> = {}): void {
  const line: Line = {
    url: 'https://x',
    ended: ending.signal,
    onHeartbeat: (listener) => {
      hear = listener
      return () => {
        hear = () => {}
      }
    },
    close: async () => {},
    kill: async () => {},
  }
  const probe = async (): Promise<ProbeResult> => {
    asked += 1
    return answers.shift() ?? YES
  }
  health = startHealth(
    line,
    { probe, probeEveryMs: 2 * MINUTE, probeAgainMs: 1, now: () => now, ...changes },
    (reason) => lost.push(reason),
  )
}

/** Lets time pass, clock and timers together, and what it set off settle. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5_000) {
    now += Math.min(left, 5_000)
    await vi.advanceTimersByTimeAsync(Math.min(left, 5_000))
  }
}

describe('the public URL is probed', () => {
  it('every so often while nothing comes through', async () => {
    watch()
    await pass(MINUTE)
    expect(asked).toBe(0)
    await pass(3 * MINUTE + 5_000)
    expect(asked).toBe(2)
  })

  it('not at all while deliveries prove that it works', async () => {
    watch()
    for (let n = 0; n < 10; n += 1) {
      await pass(MINUTE)
      health.used()
    }
    expect(asked).toBe(0)
    await pass(2 * MINUTE + 5_000)
    expect(asked).toBe(1)
  })

  it('at once when the clock jumps: the machine has slept', async () => {
    watch()
    now += 20 * MINUTE
    health.used()
    await pass(5_000)
    expect(asked).toBe(1)
  })

  it('at once when the clock is put back, and then in its turn', async () => {
    watch()
    now -= 60 * MINUTE
    await pass(5_000)
    expect(asked).toBe(1)
    await pass(2 * MINUTE + 5_000)
    expect(asked).toBe(2)
  })

  it('at once when a heartbeat is missed', async () => {
    watch()
    hear(true)
    expect(asked).toBe(0)
    hear(false)
    expect(asked).toBe(1)
  })

  it('soon after nothing is heard of heartbeats any more, whether answered or missed', async () => {
    watch({ heartbeatLateMs: 10_000 })
    hear(true)
    await pass(5_000)
    hear(true)
    await pass(5_000)
    expect(asked).toBe(0)
    await pass(5_000)
    expect(asked).toBe(1)
  })

  it('in its turn only, where there are no heartbeats', async () => {
    watch()
    await pass(MINUTE)
    expect(asked).toBe(0)
  })

  it('no more once it is stopped', async () => {
    watch()
    health.stop()
    hear(false)
    await pass(10 * MINUTE)
    expect(asked).toBe(0)
  })
})

describe('the line is lost', () => {
  it('when two probes in a row are missed', async () => {
    watch()
    answers = [NO, NO]
    await pass(2 * MINUTE)
    await vi.waitFor(() => expect(lost).toEqual(['the public URL does not answer: status 502']))
    expect(asked).toBe(2)
  })

  it('when a heartbeat and the probe after it are missed', async () => {
    watch()
    answers = [NO]
    hear(false)
    await vi.waitFor(() => expect(lost).toEqual(['the public URL does not answer: status 502']))
    expect(asked).toBe(1)
  })

  it('when two heartbeats in a row are missed, whatever the probe says', async () => {
    watch()
    hear(false)
    await pass(5_000)
    expect(lost).toEqual([])
    hear(false)
    expect(lost).toEqual(['the heartbeat stopped'])
  })

  it('when nothing is heard of heartbeats and the probe after that is missed', async () => {
    watch({ heartbeatLateMs: 10_000 })
    answers = [NO]
    hear(true)
    await pass(10_000)
    await vi.waitFor(() => expect(lost).toEqual(['the public URL does not answer: status 502']))
  })

  it('when it says so itself', async () => {
    watch()
    ending.abort(new Error('the connection was lost'))
    await vi.waitFor(() => expect(lost).toEqual(['the connection was lost']))
  })

  it('also when it was so before anybody watched', async () => {
    ending.abort(new Error('the connection was lost'))
    watch()
    await vi.waitFor(() => expect(lost).toEqual(['the connection was lost']))
  })

  it('once', async () => {
    watch()
    hear(false)
    hear(false)
    hear(false)
    ending.abort(new Error('the connection was lost'))
    await pass(5_000)
    expect(lost).toHaveLength(1)
  })
})

describe('the line is not lost', () => {
  it('when a missed probe is followed by one that is answered', async () => {
    watch()
    answers = [NO, YES, NO, YES]
    await pass(2 * MINUTE)
    await vi.waitFor(() => expect(asked).toBe(2))
    await pass(2 * MINUTE + 5_000)
    await vi.waitFor(() => expect(asked).toBe(4))
    expect(lost).toEqual([])
  })

  it('when a missed heartbeat is followed by one that is answered', async () => {
    watch()
    for (let n = 0; n < 3; n += 1) {
      hear(false)
      await pass(5_000)
      hear(true)
    }
    expect(lost).toEqual([])
  })
})
