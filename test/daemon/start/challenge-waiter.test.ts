// The meeting point of challenges and the registration that waits for one.
import { describe, expect, it } from 'vitest'
import { createChallenges } from '../../../src/daemon/start/challenge-waiter.ts'

const never = new AbortController().signal

describe('Challenges', () => {
  it('end the wait of everybody who waits', async () => {
    const challenges = createChallenges()
    const waits = [challenges.next(never), challenges.next(never)]
    challenges.received()
    await Promise.all(waits)
  })

  it('may come before anybody waits: the platform may be faster than its own answer', async () => {
    const challenges = createChallenges()
    challenges.received()
    await challenges.next(never)
  })

  it('count once: one that was heard is not news', async () => {
    const challenges = createChallenges()
    challenges.received()
    challenges.received()
    await challenges.next(never)
    const end = new AbortController()
    const second = challenges.next(end.signal)
    end.abort(new Error('none came'))
    await expect(second).rejects.toThrow('none came')
  })

  it('are not kept for later when somebody has heard them', async () => {
    const challenges = createChallenges()
    const first = challenges.next(never)
    challenges.received()
    await first
    const end = new AbortController()
    const second = challenges.next(end.signal)
    end.abort(new Error('none came'))
    await expect(second).rejects.toThrow('none came')
  })

  it('do not end a wait that was given up', async () => {
    const challenges = createChallenges()
    const end = new AbortController()
    const given = challenges.next(end.signal)
    end.abort(new Error('given up'))
    await expect(given).rejects.toThrow('given up')
    await expect(challenges.next(end.signal)).rejects.toThrow('given up')
    challenges.received()
    await challenges.next(never)
  })
})
