// How often it is tried, and when it is given up.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import type { Line, Opened } from '../../src/tunnel/connection.ts'
import { type BackOff, openAgain, openWithin, untilAnswered } from '../../src/tunnel/reconnect-schedule.ts'

const never = new AbortController().signal
const line: Line = {
  url: 'https://x',
  ended: never,
  onHeartbeat: () => () => {},
  close: async () => {},
  kill: async () => {},
}
const failed = (message: string, retry: 'yes' | 'if-it-worked-before' | 'no' = 'yes'): Opened => ({
  failed: new DevHookError('tunnelFailed', message),
  retry,
})
/** Without jitter: the longest waits. */
const backOff = (minMs: number, maxMs: number): BackOff => ({ minMs, maxMs, random: () => 1 })

describe('a line that was lost', () => {
  it('is tried until it opens', async () => {
    const outcomes = [failed('one'), failed('two', 'if-it-worked-before'), { line }]
    const said: string[] = []
    const opened = await openAgain(
      0,
      async () => outcomes.shift() ?? failed('none'),
      backOff(1, 1),
      (why) => said.push(why),
      never,
    )
    expect(opened).toEqual({ line })
    expect(said).toEqual(['one', 'two'])
  })

  it('is given up when it is refused for good', async () => {
    expect(
      await openAgain(
        0,
        async () => failed('never', 'no'),
        backOff(1, 1),
        () => {},
        never,
      ),
    ).toMatchObject({ retry: 'no' })
  })

  it('does not wait after an attempt that took longer than the wait', async () => {
    const began: number[] = []
    const ended: number[] = []
    const open = async (): Promise<Opened> => {
      began.push(performance.now())
      await sleep(1_000)
      ended.push(performance.now())
      return began.length === 2 ? { line } : failed('slow')
    }
    expect(await openAgain(0, open, backOff(1_000, 1_000), () => {}, never)).toEqual({ line })
    expect((began[1] ?? 0) - (ended[0] ?? 0)).toBeLessThan(900)
  })

  it('waits longer and longer, up to a limit', async () => {
    const at: number[] = []
    const open = async (): Promise<Opened> => {
      at.push(performance.now())
      return at.length === 6 ? { line } : failed('no')
    }
    await openAgain(0, open, backOff(20, 80), () => {}, never)
    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0))
    // A timer may fire a little early; how late it fires is the machine's business.
    for (const [i, least] of [20, 40, 80, 80, 80].entries()) expect(waits[i]).toBeGreaterThan(least - 3)
  })

  it('is no longer tried once it is aborted', async () => {
    const ending = new AbortController()
    const trying = openAgain(
      0,
      async () => failed('no'),
      backOff(60_000, 60_000),
      () => ending.abort(),
      ending.signal,
    )
    await expect(trying).rejects.toThrow()
  })
})

describe('a first line', () => {
  it('is given up, with what was wrong last, when the next attempt would come too late', async () => {
    const opened = await openWithin(1_000, async () => failed('again'), backOff(60_000, 60_000), never)
    expect(opened).toMatchObject({ failed: { message: 'again' } })
  })

  it.each(['no', 'if-it-worked-before'] as const)(
    'is given up at once when another attempt is no use (%s)',
    async (retry) => {
      let attempts = 0
      const open = async (): Promise<Opened> => {
        attempts += 1
        return failed('no', retry)
      }
      await openWithin(60_000, open, backOff(1, 1), never)
      expect(attempts).toBe(1)
    },
  )

  it('is told how much patience is left', async () => {
    const told: number[] = []
    const open = async (patienceMs: number): Promise<Opened> => {
      told.push(patienceMs)
      return told.length === 3 ? { line } : failed('no')
    }
    await openWithin(10_000, open, backOff(30, 30), never)
    expect(told).toEqual([...told].sort((a, b) => b - a))
    expect(told[2]).toBeLessThan(9_990)
  })
})

it('a URL is asked until it answers, or until the limit', async () => {
  let asked = 0
  const probe = async () => {
    asked += 1
    return asked === 3
      ? ({ answered: true, who: null } as const)
      : ({ answered: false, reason: `no ${asked}` } as const)
  }
  expect(await untilAnswered(probe, 'https://x', 60_000, () => 0, never)).toMatchObject({ answered: true })
  asked = 3
  expect(await untilAnswered(probe, 'https://x', 1, () => 1, never)).toEqual({ answered: false, reason: 'no 4' })
})
