import type { Msg } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../../src/relay/broker/broker.ts'
import { answering } from '../../src/relay/hub/answering.ts'

type Callback = (error: Error | null, message: Msg) => void

/** What the subscriber of a subject is called with. */
function subscriberOf(answer: () => Promise<unknown>): Callback {
  let subscribed: Callback = () => undefined
  const connection = {
    subscribe: (_: string, { callback }: { callback: Callback }) => {
      subscribed = callback
    },
  }
  answering({ connection } as unknown as Broker, 'dh.x', answer)
  return subscribed
}

const asked = (respond: (text: string) => void, reply = '_INBOX_anna.1'): Msg => ({ reply, respond }) as unknown as Msg

describe('A request to the relay', () => {
  it('is answered with JSON, and with what went wrong', async () => {
    const answer = (what: () => Promise<unknown>): Promise<unknown> =>
      new Promise((resolve) =>
        subscriberOf(what)(
          null,
          asked((text) => resolve(JSON.parse(text))),
        ),
      )
    expect(await answer(async () => ({ ok: true }))).toEqual({ ok: true })
    expect(await answer(() => Promise.reject(new Error('away')))).toEqual({ ok: false, why: 'usage', message: 'away' })
  })

  it('is not answered into anything but an inbox', () => {
    let isAsked = false
    const subscriber = subscriberOf(async () => {
      isAsked = true
    })
    subscriber(
      null,
      asked(() => undefined, 'dh.x.to.bert'),
    )
    expect(isAsked).toBe(false)
  })

  it('that is answered after the connection was closed disturbs nobody', async () => {
    const said = new Promise<string>((resolve) => {
      const message = asked((text) => {
        resolve(text)
        throw new Error('closed connection')
      })
      subscriberOf(async () => ({ ok: true }))(null, message)
    })
    // Vitest fails a run in which a rejection was not handled.
    expect(await said).toBe('{"ok":true}')
  })
})
