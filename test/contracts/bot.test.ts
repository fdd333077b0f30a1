// What every way to the bot does: the forwarder’s, and the one that a test drives by hand.
import { afterEach, describe, expect, it } from 'vitest'
import { createForwarder } from '../../src/delivery/forwarder.ts'
import type { Send } from '../../src/delivery/queue.ts'
import { createFakeBot } from '../support/bot/fake-bot.ts'
import { openRawBot } from '../support/bot/raw-bot.ts'
import { aDelivery } from '../support/deliveries.ts'
import { settled } from '../support/fake-clock.ts'

interface Way {
  readonly send: Send
  /** Resolves once the bot has a request. */
  arrived(): Promise<void>
  /** Answers the oldest request with 200. */
  answer(): void
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function realWay(): Promise<Way> {
  const answers: (() => void)[] = []
  const bot = await openRawBot({
    onRequest: ({ socket }) => void answers.push(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
  })
  const forwarder = createForwarder({ target: { host: '127.0.0.1', port: bot.port, path: '/' } })
  closing.push(forwarder.close, bot.close)
  return { send: forwarder.forward, arrived: () => bot.seen(1), answer: () => answers.shift()?.() }
}

async function fakeWay(): Promise<Way> {
  const bot = createFakeBot(Date.now)
  return { send: bot.send, arrived: settled, answer: () => bot.open()[0]?.end('answered') }
}

const WAYS: readonly (readonly [name: string, open: () => Promise<Way>])[] = [
  ['The forwarder', realWay],
  ['The fake bot', fakeWay],
]

describe.each(WAYS)('%s', (_, open) => {
  it('calls back once before it has written, and then has the answer of the bot', async () => {
    const { send, arrived, answer } = await open()
    let written = 0
    const { done, cancel } = send(aDelivery(), undefined, () => {
      written += 1
    })
    await arrived()
    expect(written).toBe(1)
    answer()
    expect(await done).toMatchObject({ outcome: 'answered', reply: { status: 200 } })
    cancel('too late')
    expect(await done).toMatchObject({ outcome: 'answered' })
    expect(written).toBe(1)
  })

  it('is cancelled with the reason that is given, and says that something was sent', async () => {
    const { send, arrived } = await open()
    const { done, cancel } = send(aDelivery(), undefined, () => undefined)
    await arrived()
    cancel('the end')
    cancel('again')
    expect(await done).toMatchObject({ outcome: 'cancelled', reason: 'the end', sent: true })
  })
})
