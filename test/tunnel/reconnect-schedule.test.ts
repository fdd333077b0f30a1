// How often a connection is attempted, and when it is given up.
import { beforeEach, describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import type { Connection, OpenResult } from '../../src/tunnel/connection.ts'
import type { ProbeResult } from '../../src/tunnel/probe.ts'
import { openWithin, probeUntilAnswered, reopen, type Schedule } from '../../src/tunnel/reconnect-schedule.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const signal = new AbortController().signal
const connection: Connection = {
  url: 'https://x',
  ended: signal,
  onHeartbeat: () => () => {},
  close: async () => {},
  kill: async () => {},
}
const failed = (message: string, retry: 'always' | 'if-it-worked-before' | 'never' = 'always'): OpenResult => ({
  failed: new DevHookError('tunnelFailed', message),
  retry,
})

let clock: FakeClock
beforeEach(() => {
  clock = createFakeClock()
})

/** Without jitter: the longest waits. */
const schedule = (minMs: number, maxMs: number): Schedule => ({
  backOff: { minMs, maxMs, random: () => 1 },
  signal,
  clock,
})

/** Attempts with these results, in order, and the times at which they began. */
function attempts(outcomes: readonly OpenResult[], tookMs = 0) {
  const at: number[] = []
  const beganAt = clock.now()
  const open = async (): Promise<OpenResult> => {
    at.push(clock.now() - beganAt)
    const outcome = outcomes[at.length - 1] ?? failed('one attempt too many')
    if (tookMs > 0) await clock.sleep(tookMs)
    return outcome
  }
  return { at, open }
}

describe('a connection that was lost', () => {
  it('is attempted until it opens, and every failure before that is reported', async () => {
    const { open } = attempts([failed('one'), failed('two', 'if-it-worked-before'), { connection }])
    const reasons: string[] = []
    const opening = reopen(0, open, (reason) => reasons.push(reason), schedule(1, 1))
    await clock.pass(2)
    expect(await opening).toEqual({ connection })
    expect(reasons).toEqual(['one', 'two'])
  })

  it('is given up when it is refused for good', async () => {
    const { open } = attempts([failed('never', 'never')])
    expect(await reopen(0, open, () => {}, schedule(1, 1))).toMatchObject({ retry: 'never' })
  })

  it('is attempted again at once after an attempt that took longer than the wait', async () => {
    const { at, open } = attempts([failed('slow'), { connection }], 1_000)
    const opening = reopen(0, open, () => {}, schedule(1_000, 1_000))
    await clock.pass(2_000)
    expect(await opening).toEqual({ connection })
    expect(at).toEqual([0, 1_000])
  })

  it('waits longer and longer, up to a limit', async () => {
    const { at, open } = attempts([...Array.from({ length: 5 }, () => failed('no')), { connection }])
    const opening = reopen(0, open, () => {}, schedule(20, 80))
    await clock.pass(300)
    await opening
    expect(at).toEqual([0, 20, 60, 140, 220, 300])
  })

  it('is no longer attempted once it is aborted', async () => {
    const ending = new AbortController()
    const { at, open } = attempts([failed('no'), { connection }])
    const opening = reopen(0, open, () => ending.abort(), { ...schedule(60_000, 60_000), signal: ending.signal })
    await expect(opening).rejects.toThrow()
    await clock.pass(120_000)
    expect(at).toEqual([0])
  })
})

describe('a first connection', () => {
  it('is given up, with the last reason, when the next attempt would come too late', async () => {
    const { open } = attempts([failed('again')])
    const opened = await openWithin(1_000, open, schedule(60_000, 60_000))
    expect(opened).toMatchObject({ failed: { message: 'again' } })
  })

  it.each(['never', 'if-it-worked-before'] as const)(
    'is given up at once when another attempt is of no use (%s)',
    async (retry) => {
      const { at, open } = attempts([failed('no', retry)])
      await openWithin(60_000, open, schedule(1, 1))
      expect(at).toEqual([0])
    },
  )

  it('gives each attempt what is left of the limit', async () => {
    const { open } = attempts([failed('no'), failed('no'), { connection }])
    const limits: number[] = []
    const opening = openWithin(
      10_000,
      async (answerLimitMs) => {
        limits.push(answerLimitMs)
        return open()
      },
      schedule(30, 30),
    )
    await clock.pass(60)
    await opening
    expect(limits).toEqual([10_000, 9_970, 9_940])
  })
})

describe('a URL', () => {
  const misses = (count: number) => {
    const probe = async (): Promise<ProbeResult> => {
      probe.calls += 1
      return probe.calls > count ? { answered: true, who: null } : { answered: false, reason: `no ${probe.calls}` }
    }
    probe.calls = 0
    return probe
  }

  it('is probed until it answers', async () => {
    const probe = misses(2)
    const asking = probeUntilAnswered(probe, 'https://x', 60_000, { signal, clock })
    await clock.pass(1_000)
    expect(await asking).toMatchObject({ answered: true })
    expect(probe.calls).toBe(3)
  })

  it('is probed no longer than its limit, and what it answered last is the result', async () => {
    const asking = probeUntilAnswered(misses(100), 'https://x', 250, { signal, clock, random: () => 1 })
    await clock.pass(250)
    expect(await asking).toEqual({ answered: false, reason: 'no 2' })
  })
})
