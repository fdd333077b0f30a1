// The order of the end, and those who count on it. That a run keeps it is in `daemon.test.ts`.
import { describe, expect, it } from 'vitest'
import { HAND_OVER_WITHIN_MS } from '../../src/daemon/start/take-over.ts'
import { releasedWithinMs, STOP_ORDER, type StopName } from '../../src/daemon/stop-order.ts'

const indexOf = (name: StopName): number => STOP_ORDER.findIndex((step) => step.name === name)

describe('The order of the end', () => {
  it('has every name once', () => {
    expect(new Set(STOP_ORDER.map(({ name }) => name)).size).toBe(STOP_ORDER.length)
  })

  it('adds up its limits', () => {
    expect(releasedWithinMs('registration monitor')).toBe(500)
    expect(releasedWithinMs('registration')).toBe(7_000)
    expect(releasedWithinMs('client')).toBe(STOP_ORDER.reduce((sum, { limitMs }) => sum + limitMs, 0))
  })

  it('frees the lock of a bot before one that takes it over stops waiting', () => {
    expect(releasedWithinMs('state')).toBeLessThan(HAND_OVER_WITHIN_MS)
  })

  it.each<[string, StopName, StopName]>([
    ['no claim follows the restore', 'registration monitor', 'registration'],
    ['the platform points elsewhere before the public URL is gone', 'registration', 'tunnel'],
    ['an answer still has its way back', 'answers', 'tunnel'],
    ['the restore does not wait for a large tree of files', 'registration', 'watcher'],
    ['the bot may finish what it has', 'traffic', 'bot'],
    ['a bot that outlives dev-hook is ended', 'bot', 'watchdog'],
    ['what is recorded last is written', 'traffic', 'state'],
    ['no other run has the bot before everything is undone', 'watchdog', 'state'],
    ['the restore can call the API', 'registration', 'client'],
  ])('is such that %s', (_, earlier, later) => {
    expect(indexOf(earlier)).toBeLessThan(indexOf(later))
  })
})
