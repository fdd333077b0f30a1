// Nothing is lost or doubled when connections break: what was certainly not sent is told apart from the rest.
import { Dispatcher } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { monotonic } from '../../src/core/async.ts'
import type { Attempt, Delivery } from '../../src/core/delivery.ts'
import { startAttempt } from '../../src/delivery/attempt.ts'
import { createForwarder, type Forwarder } from '../../src/delivery/forwarder.ts'
import { OK, openRawBot, type RawBot, type RawBotOptions } from '../support/bot/raw-bot.ts'
import { type StandingBot, startStandingBot } from '../support/bot/standing-bot.ts'
import { aDelivery } from '../support/deliveries.ts'

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (let step = undo.pop(); step; step = undo.pop()) await step()
})

async function aBot(options: RawBotOptions = {}): Promise<RawBot> {
  const bot = await openRawBot(options)
  undo.push(() => bot.close())
  return bot
}

function aForwarder(port: number, maxReplyBytes?: number): Forwarder {
  const forwarder = createForwarder({
    target: { host: '127.0.0.1', port, path: '/' },
    ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
  })
  undo.push(() => forwarder.close())
  return forwarder
}

async function aStandingBot(): Promise<StandingBot> {
  const bot = await startStandingBot()
  undo.push(() => bot.close())
  return bot
}

/** Forwards to a bot that stands still; resolves once the bytes are in the hands of the system. */
async function writtenTo(forwarder: Forwarder, delivery: Delivery) {
  const written = vi.fn()
  const { done: attempt } = forwarder.forward(delivery, delivery.headers, written)
  await expect.poll(() => written.mock.calls).toHaveLength(1)
  await new Promise(setImmediate)
  return { attempt, written }
}

/** Forwards until the bot was reached, as the queue does. */
async function untilSent(forwarder: Forwarder, delivery: Delivery): Promise<Attempt> {
  for (;;) {
    const attempt = await forwarder.forward(delivery).done
    if (attempt.outcome !== 'refused') return attempt
  }
}

const idsAt = (bots: readonly RawBot[]): string[] =>
  bots.flatMap((bot) => bot.requests.map(({ headers }) => headers[headers.indexOf('x-dev-hook-delivery') + 1] ?? ''))

const PARTIAL = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'

describe('An attempt that goes wrong', () => {
  it.each<[string, RawBotOptions]>([
    ['resets as soon as bytes arrive', { onBytes: (socket) => socket.resetAndDestroy() }],
    ['closes as soon as bytes arrive', { onBytes: (socket) => socket.destroy() }],
    ['resets after the request', { onRequest: ({ socket }) => socket.resetAndDestroy() }],
    ['closes after the request', { onRequest: ({ socket }) => socket.end() }],
    ['closes within the head of its answer', { onRequest: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nx-a') }],
    ['closes within the body of its answer', { onRequest: ({ socket }) => socket.end(PARTIAL) }],
    [
      'resets within the body of its answer',
      { onRequest: ({ socket }) => socket.write(PARTIAL, () => socket.resetAndDestroy()) },
    ],
    ['answers something other than HTTP', { onRequest: ({ socket }) => socket.write('what?\r\n\r\n') }],
  ])('a bot that %s interrupts, and the next attempt is its own', async (_, options) => {
    const bot = await aBot(options)
    const forwarder = aForwarder(bot.port)
    const body = Buffer.alloc(100_000, 1)
    const attempts = await Promise.all(Array.from({ length: 10 }, () => forwarder.forward(aDelivery({ body })).done))
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ outcome: 'interrupted', reason: expect.stringMatching(/\w/) })
    }
    // One of each, and another one to see whether the bot is still there.
    expect(bot.connections()).toBeLessThanOrEqual(20)
    expect(new Set(idsAt([bot])).size).toBe(bot.requests.length)
  })

  it('an answer that is too long is interrupted and its connection is closed', async () => {
    const bot = await aBot({
      onRequest: ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const more = (): void => void (socket.writable && socket.write(Buffer.alloc(65_536), more))
        more()
      },
    })
    const forwarder = aForwarder(bot.port, 1_000_000)
    expect(await forwarder.forward(aDelivery()).done).toMatchObject({
      outcome: 'interrupted',
      reason: expect.stringContaining('max size'),
    })
    await expect.poll(() => bot.sockets.size).toBe(0)
  })

  it('an answer of exactly the limit is an answer', async () => {
    const bot = await aBot({
      onRequest: ({ socket }) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(1_000)}`),
    })
    expect((await aForwarder(bot.port, 1_000).forward(aDelivery()).done).outcome).toBe('answered')
    expect((await aForwarder(bot.port, 999).forward(aDelivery()).done).outcome).toBe('interrupted')
  })

  it.each<[string, (bot: RawBot) => void]>([
    ['closed', (bot) => bot.sockets.forEach((socket) => void socket.destroy())],
    ['half closed', (bot) => bot.sockets.forEach((socket) => void socket.end())],
    ['reset', (bot) => bot.sockets.forEach((socket) => void socket.resetAndDestroy())],
  ])('connections that the bot has %s between two deliveries cost neither of them', async (_, cut) => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port)
    const sent: string[] = []
    for (let round = 0; round < 200; round++) {
      const deliveries = Array.from({ length: 1 + (round % 5) }, () => aDelivery())
      sent.push(...deliveries.map(({ id }) => id))
      const attempts = await Promise.all(deliveries.map((delivery) => forwarder.forward(delivery).done))
      expect(attempts.map(({ outcome }) => outcome)).toEqual(deliveries.map(() => 'answered'))
      cut(bot)
    }
    expect(idsAt([bot]).sort()).toEqual(sent.sort())
  })

  it.skipIf(process.platform === 'win32')(
    'a bot that goes on after a breakpoint, and first closes what was idle for too long, gets every delivery once',
    async () => {
      const bot = await aStandingBot()
      const forwarder = aForwarder(bot.port)
      const deliveries = [aDelivery(), aDelivery(), aDelivery()] as const
      const [before, at, after] = deliveries
      expect((await forwarder.forward(before).done).outcome).toBe('answered')
      await bot.stand()
      const { attempt, written } = await writtenTo(forwarder, at)
      bot.goOn()
      expect((await attempt).outcome).toBe('answered')
      expect((await forwarder.forward(after).done).outcome).toBe('answered')
      await expect.poll(() => bot.read).toEqual(deliveries.map(({ id }) => id))
      expect(written).toHaveBeenCalledOnce()
    },
  )

  it.skipIf(process.platform === 'win32')(
    'a bot that ends before it has read what was written to it refuses it, on a kept connection and on a new one',
    async () => {
      const bot = await aStandingBot()
      const forwarder = aForwarder(bot.port)
      expect((await forwarder.forward(aDelivery()).done).outcome).toBe('answered')
      await bot.stand()
      const kept = await writtenTo(forwarder, aDelivery())
      const fresh = await writtenTo(forwarder, aDelivery())
      bot.goOn('to its end')
      expect((await kept.attempt).outcome).toBe('refused')
      expect((await fresh.attempt).outcome).toBe('refused')
      expect(bot.read).toHaveLength(1)
    },
  )

  it('a request that was read on a kept connection is never sent again', async () => {
    const bot = await aBot({
      onRequest: ({ socket }) => (bot.requests.length === 1 ? socket.write(OK) : socket.destroy()),
    })
    const forwarder = aForwarder(bot.port)
    const deliveries = [aDelivery(), aDelivery()] as const
    const [first, second] = deliveries
    expect((await forwarder.forward(first).done).outcome).toBe('answered')
    expect((await forwarder.forward(second).done).outcome).toBe('interrupted')
    expect(idsAt([bot])).toEqual(deliveries.map(({ id }) => id))
  })

  it('a bot that closes each connection with its answer, unannounced, gets every delivery once', async () => {
    const bot = await aBot({ onRequest: ({ socket }) => socket.end(OK) })
    const forwarder = aForwarder(bot.port)
    const deliveries = Array.from({ length: 200 }, () => aDelivery())
    for (const delivery of deliveries) {
      expect((await forwarder.forward(delivery).done).outcome).toBe('answered')
    }
    expect(idsAt([bot])).toEqual(deliveries.map(({ id }) => id))
  })

  it('a bot that restarts between two deliveries, 200 times, gets every delivery once', async () => {
    let bot = await aBot()
    const { port } = bot
    const bots = [bot]
    const forwarder = aForwarder(port)
    const sent: string[] = []
    for (let round = 0; round < 200; round++) {
      const deliveries = Array.from({ length: 1 + (round % 3) }, () => aDelivery())
      sent.push(...deliveries.map(({ id }) => id))
      // Every other time the port is closed while the deliveries come.
      const gone = round % 2 === 0 ? undefined : bot.close()
      const attempts = Promise.all(deliveries.map((delivery) => untilSent(forwarder, delivery)))
      if (gone !== undefined) {
        await gone
        bot = await aBot({ port })
        bots.push(bot)
      }
      expect((await attempts).map(({ outcome }) => outcome)).toEqual(deliveries.map(() => 'answered'))
      if (gone === undefined) {
        await bot.close()
        bot = await aBot({ port })
        bots.push(bot)
      }
    }
    expect(idsAt(bots).sort()).toEqual(sent.sort())
  })
  it('an attempt whose connections all break before it is written is refused, after four of them', async () => {
    const dispatches: unknown[] = []
    class Breaking extends Dispatcher {
      override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
        dispatches.push(request)
        handler.onError?.(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
        return true
      }
    }
    const pool = new Breaking()
    const connections = { pool: () => pool, retire: () => {}, closed: () => false, now: Date.now, clock: monotonic }
    const { done } = startAttempt(connections, { path: '/', method: 'POST' }, () =>
      expect.unreachable('nothing is written'),
    )
    expect(await done).toMatchObject({ outcome: 'refused', reason: 'read ECONNRESET' })
    expect(dispatches).toHaveLength(4)
  })
})
