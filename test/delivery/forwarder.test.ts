// One attempt and its outcome, whatever the bot does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createForwarder, type Forwarder, type ForwarderOptions } from '../../src/delivery/forwarder.ts'
import { OK, openRawBot, type RawBot, type RawBotOptions } from '../support/bot/raw-bot.ts'
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

function aForwarder(port: number, options: Partial<ForwarderOptions> = {}, host = '127.0.0.1'): Forwarder {
  const forwarder = createForwarder({ target: { host, port, path: '/' }, ...options })
  undo.push(() => forwarder.close())
  return forwarder
}

/** A port on which nothing listens. */
async function aFreePort(): Promise<number> {
  const bot = await openRawBot()
  await bot.close()
  return bot.port
}

describe('The forwarder', () => {
  it('an attempt says when it began and how long it took', async () => {
    const bot = await aBot()
    const times = [7, 52]
    const forwarder = aForwarder(bot.port, { now: () => 1_000, clock: () => times.shift() ?? 0 })
    expect(await forwarder.forward(aDelivery()).done).toMatchObject({ startedAt: 1_000, ms: 45 })
  })

  it('a port on which nothing listens refuses', async () => {
    const forwarder = aForwarder(await aFreePort())
    const attempts = await Promise.all(Array.from({ length: 200 }, () => forwarder.forward(aDelivery()).done))
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('ECONNREFUSED') })
    }
  })

  it('after refusals the bot is reached as soon as it listens', async () => {
    const port = await aFreePort()
    const forwarder = aForwarder(port)
    await Promise.all(Array.from({ length: 100 }, () => forwarder.forward(aDelivery()).done))
    const bot = await aBot({ port })
    const attempts = await Promise.all(Array.from({ length: 100 }, () => forwarder.forward(aDelivery()).done))
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['answered']))
    expect(bot.requests).toHaveLength(100)
  })

  it.each(['127.0.0.1', '::1'])('localhost reaches a bot that listens only on %s', async (host) => {
    const bot = await aBot({ host })
    const forwarder = aForwarder(bot.port, {}, 'localhost')
    expect((await forwarder.forward(aDelivery()).done).outcome).toBe('answered')
  })

  it('an IPv6 address is a host too', async () => {
    const bot = await aBot({ host: '::1' })
    const forwarder = aForwarder(bot.port, {}, '::1')
    await forwarder.forward(aDelivery()).done
    expect(bot.requests[0]?.headers.slice(0, 2)).toEqual(['host', `[::1]:${bot.port}`])
  })

  it('localhost on which nothing listens refuses with a reason', async () => {
    const forwarder = aForwarder(await aFreePort(), {}, 'localhost')
    expect(await forwarder.forward(aDelivery()).done).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('a port that neither accepts nor refuses is refused after a while', async () => {
    // The listener is blocked, and its queue of one is full: what comes then gets no answer at all.
    const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
    require('node:fs').writeSync(1, String(server.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    undo.push(async () => void child.kill('SIGKILL'))
    const [output] = await once(child.stdout, 'data')
    const port = Number(output)
    const crowd = Array.from({ length: 8 }, () => net.connect(port, '127.0.0.1').on('error', () => {}))
    undo.push(async () => crowd.forEach((socket) => void socket.destroy()))
    await expect.poll(() => crowd.some((socket) => !socket.connecting)).toBe(true)
    const forwarder = aForwarder(port, { connectTimeoutMs: 200 })
    expect((await forwarder.forward(aDelivery()).done).outcome).toBe('refused')
  })

  it('connections are kept and used again', async () => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port)
    for (let i = 0; i < 5; i++) await forwarder.forward(aDelivery()).done
    expect(bot.connections()).toBe(1)
  })

  it('an idle connection is let go long before a bot that announces nothing would end it', async () => {
    const bot = await aBot()
    await aForwarder(bot.port).forward(aDelivery()).done
    expect(bot.sockets.size).toBe(1)
    await expect.poll(() => bot.sockets.size, { timeout: 3_500 }).toBe(0)
  })

  it('a connection that the bot soon ends is not used again', async () => {
    const bot = await aBot({
      onRequest: ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\ncontent-length: 0\r\n\r\n'),
    })
    const forwarder = aForwarder(bot.port)
    for (let i = 0; i < 3; i++) expect((await forwarder.forward(aDelivery()).done).outcome).toBe('answered')
    expect(bot.connections()).toBe(3)
  })

  it('more attempts than connections wait for one', async () => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port, { connections: 3 })
    const attempts = await Promise.all(Array.from({ length: 50 }, () => forwarder.forward(aDelivery()).done))
    expect(attempts.every(({ outcome }) => outcome === 'answered')).toBe(true)
    expect(bot.connections()).toBe(3)
  })

  it('an attempt has no limit of its own and ends when it is cancelled', async () => {
    const bot = await aBot({ onRequest: () => {} })
    const forwarder = aForwarder(bot.port)
    const attempt = forwarder.forward(aDelivery())
    await bot.seen(1)
    attempt.cancel('patience is over')
    attempt.cancel('again')
    expect(await attempt.done).toMatchObject({ outcome: 'cancelled', reason: 'patience is over' })
    await expect.poll(() => bot.requests[0]?.socket.destroyed).toBe(true)
  })

  it('an attempt that is cancelled at once does not even connect', async () => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port)
    const attempt = forwarder.forward(aDelivery())
    attempt.cancel('at once')
    expect(await attempt.done).toMatchObject({ outcome: 'cancelled', reason: 'at once' })
    await forwarder.forward(aDelivery()).done
    expect([bot.connections(), bot.requests.length]).toEqual([1, 1])
  })

  it('an attempt that is cancelled while it connects is never sent', async () => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port)
    const attempt = forwarder.forward(aDelivery())
    // Connecting takes longer than a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    attempt.cancel('too slow')
    expect(await attempt.done).toMatchObject({ outcome: 'cancelled' })
    await forwarder.forward(aDelivery({ method: 'PUT' })).done
    expect(bot.requests.map(({ method }) => method)).toEqual(['PUT'])
  })

  it('cancelling an attempt that was answered changes nothing', async () => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port)
    const attempt = forwarder.forward(aDelivery())
    await attempt.done
    attempt.cancel('late')
    expect((await forwarder.forward(aDelivery()).done).outcome).toBe('answered')
    expect(bot.connections()).toBe(1)
  })

  it('a reset lets go of idle connections and lets attempts under way go on', async () => {
    const bot = await aBot({ onRequest: ({ method, socket }) => void (method === 'POST' && socket.write(OK)) })
    const forwarder = aForwarder(bot.port)
    const slow = forwarder.forward(aDelivery({ method: 'PUT' }))
    await bot.seen(1)
    await forwarder.forward(aDelivery()).done
    expect(bot.sockets.size).toBe(2)
    forwarder.reset()
    await expect.poll(() => bot.sockets.size).toBe(1)
    bot.requests[0]?.socket.write(OK)
    expect((await slow.done).outcome).toBe('answered')
    await expect.poll(() => bot.sockets.size).toBe(0)
    expect((await forwarder.forward(aDelivery()).done).outcome).toBe('answered')
  })

  it('closing cancels what is under way and leaves no connection', async () => {
    const bot = await aBot({ onRequest: () => {} })
    const forwarder = aForwarder(bot.port, { connections: 2 })
    const early = [forwarder.forward(aDelivery()), forwarder.forward(aDelivery())]
    await bot.seen(2)
    forwarder.reset()
    const late = Array.from({ length: 4 }, () => forwarder.forward(aDelivery()))
    await bot.seen(4)
    await forwarder.close()
    await forwarder.close()
    forwarder.reset()
    const after = forwarder.forward(aDelivery())
    for (const { done } of [...early, ...late, after]) {
      expect(await done).toMatchObject({ outcome: 'cancelled', reason: 'dev-hook is ending' })
    }
    await expect.poll(() => bot.sockets.size).toBe(0)
    expect(bot.requests).toHaveLength(4)
  })

  it('an answer may end with its connection', async () => {
    const bot = await aBot({ onRequest: ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end') })
    const forwarder = aForwarder(bot.port)
    for (let i = 0; i < 2; i++) {
      expect(await forwarder.forward(aDelivery()).done).toMatchObject({ reply: { body: Buffer.from('until the end') } })
    }
  })

  it.each([
    ['a method that is no token', { method: 'GET IT' }],
    ['a method for tunnels', { method: 'CONNECT' }],
    ['a header that is no text', { headers: ['x', 'line\nbreak'] }],
    ['a query that is no text', { search: '?ü→' }],
  ])('%s cannot be sent, is not repeated and is in nobody’s way', async (_, given) => {
    const bot = await aBot()
    const forwarder = aForwarder(bot.port, { connections: 2 })
    for (let i = 0; i < 5; i++) {
      expect((await forwarder.forward(aDelivery(given)).done).outcome).toBe('interrupted')
    }
    expect(await forwarder.forward(aDelivery()).done).toMatchObject({ outcome: 'answered' })
    expect(bot.requests).toHaveLength(1)
  })
})
