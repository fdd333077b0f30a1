import { describe, expect, it } from 'vitest'
import { announceRefusedCalls } from '../../../src/cli/session/refused-calls.ts'
import { createListeners } from '../../../src/core/listeners.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { SandboxNotice } from '../../../src/sandbox/handle.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

/** A sandbox in which calls are made, and what is announced of them. */
function listenForTest() {
  const { on, emit } = createListeners<SandboxNotice>()
  const clock = createFakeClock()
  const announced: NoticeBody[] = []
  announceRefusedCalls({ botId: 'bot', on }, (notice) => announced.push(notice), clock)
  const call = (status: number | null, by: string | null = 'bot', path = '/v2/forms/1'): void =>
    emit({
      type: 'call',
      call: {
        at: 0,
        ms: 1,
        method: 'GET',
        path,
        status,
        by,
        conversation: null,
        body: null,
        response: { error: { message: 'Form not found' } },
      },
    })
  return { clock, announced, call }
}

describe('A call of the API that was refused', () => {
  it('is announced each time when it is of the bot, or of nobody who is known', async () => {
    const { announced, call, clock } = listenForTest()
    call(200)
    call(404, 'sam')
    call(404)
    await clock.pass(2_000)
    call(404)
    call(401, null)
    call(null)
    const said = { type: 'call', method: 'GET', path: '/v2/forms/1', message: 'Form not found' }
    expect(announced).toEqual([404, 404, 401, null].map((status) => ({ ...said, status })))
  })

  it('is one of a flood, and counts the others', async () => {
    const { announced, call, clock } = listenForTest()
    for (let n = 0; n < 500; n += 1) call(429)
    call(429, 'bot', '/v2/forms/2')
    expect(announced).toHaveLength(2)
    await clock.pass(1_000)
    call(429)
    expect(announced.at(-1)).toMatchObject({ status: 429, more: 499 })
  })
})
