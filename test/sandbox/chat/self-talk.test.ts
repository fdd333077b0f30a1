// Bots that answer themselves, and bots that only have a lot to say.
import { beforeEach, describe, expect, it } from 'vitest'
import { createSelfTalk, type SelfTalk } from '../../../src/sandbox/chat/self-talk.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'

let clock: FakeClock
let found: string[]
let told: number[]
let talk: SelfTalk

/** The bot says something; `onTold` is what it does when it is told of it. */
function say(n: number, onTold: () => void = () => undefined, postedAt = new Date().toISOString()): void {
  talk.bot('c', postedAt, () => {
    told.push(n)
    onTold()
  })
}

beforeEach(() => {
  clock = createFakeClock()
  found = []
  told = []
  talk = createSelfTalk(
    clock,
    () => new Date().toISOString(),
    (conversation) => found.push(conversation),
  )
})

describe('A bot that says something', () => {
  it('whenever it is told what it said is found out after five rounds, and told nothing more', async () => {
    const answer = (n: number): void => say(n, () => answer(n + 1))
    answer(1)
    expect(told).toEqual([1, 2, 3, 4])
    await clock.pass(10_000)
    expect(found).toEqual(['c'])
    expect(told).toEqual([1, 2, 3, 4, 5])
    say(7)
    await clock.pass(60_000)
    expect(told).toEqual([1, 2, 3, 4, 5])
  })

  it('twice whenever it is told what it said is found out as well', async () => {
    const answer = (n: number): void =>
      say(n, () => {
        answer(n + 1)
        answer(n + 1)
      })
    answer(1)
    await clock.pass(10_000)
    expect(found).toEqual(['c'])
    const before = told.length
    await clock.pass(60_000)
    expect(told.length).toBe(before)
  })

  it('of great length is told of all of it, a little later', async () => {
    for (let n = 1; n <= 31; n++) say(n)
    expect(told).toEqual([1, 2, 3, 4])
    await clock.pass(10_000)
    expect(told).toEqual(Array.from({ length: 31 }, (_, at) => at + 1))
    expect(found).toEqual([])
  })

  it('again and again by itself is told of it in the end', async () => {
    for (let n = 1; n <= 20; n++) {
      say(n)
      await clock.pass(2_000)
    }
    await clock.pass(20_000)
    expect(told).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect(found).toEqual([])
  })

  it('with a delay, posted long before it is said, does not answer itself', async () => {
    const postedAt = '2020-01-01T00:00:00.000Z'
    for (let n = 1; n <= 5; n++) say(n)
    await clock.pass(3_100)
    expect(told).toEqual([1, 2, 3, 4, 5])
    say(6, undefined, postedAt)
    await clock.pass(10_000)
    expect(told).toEqual([1, 2, 3, 4, 5, 6])
    expect(found).toEqual([])
  })

  it('is told what was kept before it hears anybody else', () => {
    for (let n = 1; n <= 7; n++) say(n)
    talk.other('c')
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7])
    say(8)
    expect(told).toHaveLength(8)
  })

  it('in one conversation changes nothing in another', () => {
    for (let n = 1; n <= 4; n++) say(n)
    talk.bot('other', new Date().toISOString(), () => void told.push(9))
    expect(told).toEqual([1, 2, 3, 4, 9])
  })
})
