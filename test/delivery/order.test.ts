// The order within a conversation, with a bot that closes some of its connections while others are kept.
import { describe, expect, it, onTestFinished } from 'vitest'
import { createForwarder } from '../../src/delivery/forwarder.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { OK, openRawBot } from '../support/bot/raw-bot.ts'
import { anItem, type TestItem } from '../support/daemon/fakes.ts'
import { aDelivery } from '../support/deliveries.ts'

const nothing = (): void => undefined

async function setUp() {
  let answers = 0
  const bot = await openRawBot({
    onRequest: ({ socket }) => {
      answers += 1
      const isLast = answers % 3 === 0
      // Without a word about it in the answer, as a server that is short of connections does.
      socket.write(OK, () => isLast && socket.destroy())
    },
  })
  onTestFinished(() => bot.close())
  const forwarder = createForwarder({ target: { host: '127.0.0.1', port: bot.port, path: '/' } })
  onTestFinished(() => forwarder.close())
  const queue = createQueue<TestItem>({
    send: forwarder.forward,
    on: {
      sends: nothing,
      attempt: nothing,
      refused: nothing,
      ended: (item, attempt) => item.end(attempt),
      held: nothing,
      released: nothing,
      dropped: nothing,
      unreachable: nothing,
      overdue: nothing,
    },
  })
  const submit = (lane: string, id: string): TestItem => {
    const item = anItem(aDelivery({ id }), lane)
    queue.submit(item)
    return item
  }
  return { bot, submit }
}

describe('The order of a conversation', () => {
  it('two deliveries of one conversation never overtake each other, whichever connection turns out to be dead', async () => {
    const { bot, submit } = await setUp()
    for (let i = 0; i < 150; i++) {
      const pair = [submit(`c${i}`, `${i} first`), submit(`c${i}`, `${i} second`)]
      await Promise.all(pair.map(({ done }) => done))
    }
    const ids = bot.requests.map(({ headers }) => headers[headers.indexOf('x-dev-hook-delivery') + 1] ?? '')
    const swapped = Array.from({ length: 150 }, (_, i) => i).filter((i) => {
      const [first, second] = [ids.indexOf(`${i} first`), ids.indexOf(`${i} second`)]
      return first !== -1 && second !== -1 && second < first
    })
    expect(swapped).toEqual([])
  })
})
