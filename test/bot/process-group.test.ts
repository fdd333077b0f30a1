// What ending a process tree promises, whatever its members do.
import { describe, expect, it } from 'vitest'
import { endGroup, type Group, taskkillPath } from '../../src/bot/process-group.ts'
import { createFakeClock } from '../support/fake-clock.ts'

/** A group that is empty once it was asked, or killed, so many times. */
function groupThatGoesAfter({ asks = Infinity, kills = Infinity, canBeAsked = true }) {
  const sent: string[] = []
  const count = (signal: string): number => sent.filter((one) => one === signal).length
  const group: Group = {
    terminate: async () => {
      sent.push('TERM')
      return canBeAsked
    },
    kill: async () => void sent.push('KILL'),
    alive: async () => count('TERM') < asks && count('KILL') < kills,
  }
  return { group, sent }
}

describe('Ending a process tree', () => {
  it('a group that goes when it is asked to is not killed', async () => {
    const clock = createFakeClock(0)
    const { group, sent } = groupThatGoesAfter({ asks: 1 })
    expect(await clock.until(endGroup(group, { killAfterMs: 5_000, clock }))).toBe(true)
    expect(sent).toEqual(['TERM'])
  })

  it('a group that is empty already is sent nothing: its id may be in use again', async () => {
    const clock = createFakeClock(0)
    const { group, sent } = groupThatGoesAfter({ kills: 0 })
    expect(await clock.until(endGroup(group, { killAfterMs: 5_000, clock }))).toBe(true)
    expect(sent).toEqual([])
  })

  it('a group that stays is killed after its time, and again until nobody is left', async () => {
    const clock = createFakeClock(0)
    const { group, sent } = groupThatGoesAfter({ kills: 3 })
    expect(await clock.until(endGroup(group, { killAfterMs: 5_000, clock }))).toBe(true)
    expect(sent).toEqual(['TERM', 'KILL', 'KILL', 'KILL'])
    expect(clock.now()).toBeGreaterThanOrEqual(4_980)
  })

  it('a group that cannot be asked is killed at once', async () => {
    const clock = createFakeClock(0)
    const { group, sent } = groupThatGoesAfter({ kills: 1, canBeAsked: false })
    expect(await clock.until(endGroup(group, { killAfterMs: 5_000, clock }))).toBe(true)
    expect(sent).toEqual(['TERM', 'KILL'])
    expect(clock.now()).toBeLessThan(100)
  })

  it('a group that nothing ends is given up, two seconds after the first kill', async () => {
    const clock = createFakeClock(0)
    const { group } = groupThatGoesAfter({})
    expect(await clock.until(endGroup(group, { killAfterMs: 1_000, clock }))).toBe(false)
    expect(clock.now()).toBeLessThan(3_100)
  })

  it('Windows ends a tree with its own taskkill, wherever it is installed', () => {
    expect(taskkillPath({ systemroot: 'D:\\Win' })).toBe('D:\\Win\\System32\\taskkill.exe')
    expect(taskkillPath({})).toBe('C:\\Windows\\System32\\taskkill.exe')
  })
})
