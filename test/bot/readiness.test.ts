// What checking a port, and waiting for it, promises.

import { connect, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isItself, portReadiness, portStateOf } from '../../src/bot/port-readiness.ts'
import { untilReady, untilVacant } from '../../src/bot/readiness.ts'
import { freePort } from '../support/free-port.ts'

const NEVER = new AbortController().signal

/** The loopback addresses that this machine has: some have no IPv6. */
const LOOPBACK = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .flatMap(({ address }) => (address === '127.0.0.1' || address === '::1' ? [address] : []))

async function listen(port: number, host?: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  onTestFinished(() => void server.close())
  return server
}

describe('The readiness of a bot', () => {
  it('a port is open exactly while somebody listens on that very host', async () => {
    const port = await freePort()
    const target = { host: '127.0.0.1', port }
    expect(await portStateOf(target, NEVER)).toBe('closed')
    const server = await listen(port, '127.0.0.1')
    expect(await portStateOf(target, NEVER)).toBe('open')
    expect(await portStateOf({ host: 'localhost', port }, NEVER)).toBe('open')
    expect(await portStateOf({ host: '::1', port }, NEVER)).toBe('closed')
    await new Promise((resolve) => server.close(resolve))
    expect(await portStateOf(target, NEVER)).toBe('closed')
  })

  it('a bot that listens on all addresses is found on each loopback address', async () => {
    const port = await freePort()
    await listen(port)
    for (const host of [...LOOPBACK, 'localhost']) expect(await portStateOf({ host, port }, NEVER)).toBe('open')
  })

  it('localhost is each of its addresses, whatever the hosts file knows', async () => {
    const port = await freePort()
    await listen(port, '::1')
    expect(await portStateOf({ host: 'localhost', port }, NEVER)).toBe('open')
    expect(await portStateOf({ host: '127.0.0.1', port }, NEVER)).toBe('closed')
  })

  it('a check that is aborted is over at once', async () => {
    expect(await portStateOf({ host: '127.0.0.1', port: await freePort() }, AbortSignal.abort())).toBe('silent')
  })

  it('a socket that is connected to itself is told from one that a bot has accepted', async () => {
    const port = await freePort()
    const itself = connect({ host: '127.0.0.1', port, localPort: port })
    // Where the system refuses such a connection, there is nothing to tell apart.
    const made = await new Promise((resolve) =>
      itself.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    if (made) expect(isItself(itself)).toBe(true)
    itself.destroy()
    const server = await listen(await freePort())
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const socket = connect({ host: '127.0.0.1', port: address.port })
    await new Promise((resolve) => socket.once('connect', resolve))
    expect(isItself(socket)).toBe(false)
    socket.destroy()
  })

  it('waiting for a port ends when somebody listens', async () => {
    const port = await freePort()
    let open = false
    const waited = untilReady(portReadiness({ host: '127.0.0.1', port }), NEVER).then(() => expect(open).toBe(true))
    open = true
    await listen(port, '127.0.0.1')
    await waited
  })

  it('waiting for a port that nobody opens ends when it is aborted', async () => {
    const end = new AbortController()
    const waited = untilReady(portReadiness({ host: '127.0.0.1', port: await freePort() }), end.signal)
    end.abort(new Error('enough'))
    await expect(waited).rejects.toThrow()
  })

  it.each([...LOOPBACK, undefined])('a port that is taken on %s is not free for a bot on localhost', async (host) => {
    const port = await freePort()
    const server = await listen(port, host)
    expect(await untilVacant(portReadiness({ host: '127.0.0.1', port }), 120, NEVER)).toBe(false)
    const freed = untilVacant(portReadiness({ host: '127.0.0.1', port }), 20_000, NEVER)
    server.close()
    expect(await freed).toBe(true)
  })

  it('waiting for a port to be free ends when it is aborted', async () => {
    const port = await freePort()
    await listen(port)
    const end = new AbortController()
    const waited = untilVacant(portReadiness({ host: 'localhost', port }), 60_000, end.signal)
    end.abort()
    expect(await waited).toBe(false)
  })
})
