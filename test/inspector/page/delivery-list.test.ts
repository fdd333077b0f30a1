import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Notice } from '../../../src/core/notices.ts'
import { createDeliveryList } from '../../../src/inspector/page/model/delivery-list.ts'

const recorded = (id: string, more: object = {}) => ({
  id,
  time: '2026-01-02T12:04:31.000Z',
  event: 'message.create.contact.chat',
  conversation: 'c1',
  text: id,
  bytes: 10,
  settled: null,
  attempts: 0,
  replays: 0,
  editOf: null,
  outcome: null,
  status: null,
  answered: null,
  ownStatus: null,
  ms: null,
  ...more,
})

const attempt = (id: string): Notice => ({
  type: 'attempt',
  time: '2026-01-02T12:04:32.000Z',
  id,
  n: 1,
  outcome: 'answered',
  status: 200,
  ms: 5,
})

/** A run that has recorded this each time that it is asked, and answers when it is let. */
function runForTest() {
  const waiting: (() => void)[] = []
  let deliveries: readonly object[] = []
  vi.stubGlobal('fetch', () => {
    const answer = JSON.stringify({ deliveries, next: null })
    return new Promise((resolve) => waiting.push(() => resolve(new Response(answer))))
  })
  return {
    records: (...now: readonly object[]) => {
      deliveries = now
    },
    answer: () => waiting.shift()?.(),
  }
}

afterEach(() => vi.unstubAllGlobals())

describe('The list of deliveries', () => {
  it('shows what was announced while it is loaded, though the record that comes is older', async () => {
    const run = runForTest()
    const list = createDeliveryList((run) => run)
    run.records(recorded('a'))
    list.reload()
    list.take(attempt('a'))
    run.answer()
    await vi.waitFor(() => expect(list.state.current().loading).toBe(false))
    expect(list.row('a')).toMatchObject({ status: 200, isOpen: false, attempts: 1 })
  })

  it('stays paused while its filter is the same, whatever else of the address changes', () => {
    const list = createDeliveryList((run) => run)
    list.filter('event:message.*')
    list.pause()
    list.filter('event:message.*')
    expect(list.state.current().paused).toBe(true)
    list.filter('event:')
    expect(list.state.current()).toMatchObject({ paused: true, problem: { message: expect.any(String) } })
    list.filter('event:message.*')
    expect(list.state.current()).toMatchObject({ paused: false, problem: null })
  })

  it('shows nothing of an earlier run once it has loaded what another one has recorded', async () => {
    const run = runForTest()
    const list = createDeliveryList((run) => run)
    run.records(recorded('earlier'))
    list.reload()
    run.answer()
    await vi.waitFor(() => expect(list.state.current().total).toBe(1))
    run.records(recorded('later'))
    list.reload()
    expect(list.state.current().shown.map(({ id }) => id)).toEqual(['earlier'])
    run.answer()
    await vi.waitFor(() => expect(list.state.current().shown.map(({ id }) => id)).toEqual(['later']))
  })
})
