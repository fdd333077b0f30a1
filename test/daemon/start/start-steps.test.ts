// The record of a start.
import { describe, expect, it } from 'vitest'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { createSteps, STEPS } from '../../../src/daemon/start/start-steps.ts'

function setUp() {
  const notices: NoticeBody[] = []
  const end = new AbortController()
  let now = 0
  const steps = createSteps(
    (notice) => notices.push(notice),
    '1.2.3',
    end.signal,
    () => now,
  )
  const take =
    <T>(ms: number, result: T) =>
    async (): Promise<T> => {
      now += ms
      return result
    }
  return { notices, end, steps, take }
}

describe('The steps of a start', () => {
  it('are announced as they begin, and hand on what they did', async () => {
    const { notices, steps, take } = setUp()
    expect(await steps.run('check', take(5, 'checked'))).toBe('checked')
    expect(notices).toEqual([{ type: 'starting', version: '1.2.3', step: 'check' }])
  })

  it('remember how long each one took, in the order in which they were done', async () => {
    const { steps, take } = setUp()
    await steps.run('check', take(5.04, null))
    await steps.run('state', take(12.25, null))
    expect(steps.taken()).toEqual([
      { name: 'check', ms: 5 },
      { name: 'state', ms: 12.3 },
    ])
  })

  it('do not count one that failed', async () => {
    const { steps } = setUp()
    await expect(steps.run('tunnel', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(steps.taken()).toEqual([])
  })

  it('do not begin any more once the end has begun', async () => {
    const { notices, end, steps } = setUp()
    end.abort(new Error('over'))
    await expect(steps.run('claim', () => expect.unreachable())).rejects.toThrow('over')
    expect(notices).toEqual([])
  })

  it('hand on what they acquired even if the end began meanwhile: only then can it be released', async () => {
    const { end, steps } = setUp()
    const tunnel = await steps.run('tunnel', async () => {
      end.abort()
      return 'open'
    })
    expect(tunnel).toBe('open')
  })

  it('have names of their own', () => {
    expect(new Set(STEPS).size).toBe(STEPS.length)
  })
})
