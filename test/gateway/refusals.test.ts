import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHookAddress } from '../../src/core/hook-url.ts'
import { createRefusalNotices } from '../../src/core/http/refusal-notices.ts'
import type { Rejection } from '../../src/core/notices.ts'
import { openGateway } from '../../src/gateway/server.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { exchange } from '../support/network/raw-http.ts'
import { eventually } from '../support/wait.ts'

const address = createHookAddress()
const auth = `Authorization: Basic ${Buffer.from(`${address.user}:${address.password}`).toString('base64')}\r\n`
const HEAD = `Host: x\r\nConnection: close\r\n`
const { path } = address

async function open(arriveWithinMs = 30_000) {
  const rejected: Rejection[] = []
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const gateway = await openGateway({
    address,
    port: null,
    arriveWithinMs,
    accept: async ({ search }) => {
      if (search === '?slow') await released
      return { status: 200, headers: [], body: Buffer.from('fine') }
    },
    rejected: (rejection) => rejected.push(rejection),
  })
  onTestFinished(gateway.close)
  return { port: gateway.port, gateway, rejected, release }
}

const seen = (rejected: readonly Rejection[]) => rejected.map(({ reason, status }) => `${reason} ${status}`)

describe('What the gateway refuses', () => {
  it.each([
    ['garbage', 'HELLO\r\n\r\n', 'malformed 400'],
    ['a method that does not exist', `FOO ${path} HTTP/1.1\r\n${HEAD}\r\n`, 'malformed 400'],
    ['a control character in a header', `GET ${path} HTTP/1.1\r\n${HEAD}X: \u0001\r\n\r\n`, 'malformed 400'],
    ['two lengths', `POST ${path} HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 'malformed 400'],
    ['headers without end', `GET ${path} HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`, 'too-large 431'],
    [
      'an expectation',
      `POST ${path} HTTP/1.1\r\n${HEAD}${auth}Expect: x\r\nContent-Length: 0\r\n\r\n`,
      'unsupported 417',
    ],
    ['a URL as for a proxy', `POST http://x${path} HTTP/1.1\r\n${HEAD}${auth}\r\n`, 'malformed 400'],
    ['a tunnel', `CONNECT x:443 HTTP/1.1\r\n${HEAD}\r\n`, 'unsupported 405'],
    ['no credentials', `POST ${path} HTTP/1.1\r\n${HEAD}\r\n`, 'unauthorised 401'],
  ])('is answered, and announced: %s', async (_, bytes, expected) => {
    const { port, rejected } = await open()
    const { status } = await exchange(port, bytes)
    expect(seen(rejected)).toEqual([expected])
    expect(expected).toContain(String(status))
    expect(rejected[0]?.detail).not.toBe('')
  })

  it('is a request that does not arrive completely, but not a connection on which nothing arrives', async () => {
    const { port, rejected } = await open(200)
    const silent = connect(port, '127.0.0.1')
    onTestFinished(() => void silent.destroy())
    silent.on('error', () => undefined)
    const { status } = await exchange(port, `POST ${path} HTTP/1.1\r\nHost: x\r\n`)
    expect(status).toBe(408)
    expect(seen(rejected)).toEqual(['timed-out 408'])
  })

  it('is not a request that its client aborts, nor one for another path', async () => {
    const { port, rejected } = await open()
    const socket = connect(port, '127.0.0.1')
    socket.end(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Le`)
    await once(socket.resume(), 'close')
    await exchange(port, `POST /elsewhere HTTP/1.1\r\n${HEAD}\r\n`)
    await exchange(port, `POST http://x/elsewhere HTTP/1.1\r\n${HEAD}\r\n`)
    expect(rejected).toEqual([])
  })

  it('gets no answer while a delivery on the same connection waits for its own', async () => {
    const { port, rejected, release } = await open()
    const delivery = `POST ${path}?slow HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 0\r\n\r\n`
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.on('error', () => undefined)
    socket.write(`${delivery}FOO / HTTP/1.1\r\n\r\n`)
    await once(socket, 'close')
    release()
    expect(answer).toBe('')
    expect(seen(rejected)).toEqual(['malformed 400'])
  })

  it('is announced one by one while it is little, and only counted when it is much', async () => {
    const { port, gateway, rejected } = await open()
    await Promise.all(Array.from({ length: 200 }, () => exchange(port, 'NONSENSE\r\n\r\n')))
    expect(rejected).toHaveLength(10)
    await exchange(port, `POST ${path} HTTP/1.1\r\n${HEAD}\r\n`)
    expect(rejected.at(-1)?.reason).toBe('unauthorised')
    await gateway.close()
    await eventually(() => rejected.length === 12)
    expect(rejected.at(-1)).toMatchObject({ reason: 'malformed', more: 189 })
  })
})

describe('The notices of refused requests', () => {
  const rejection = (id: number): Rejection => ({ id: String(id), reason: 'malformed', status: 400, detail: 'x' })

  it('say at the end of each window how many there were', async () => {
    const clock = createFakeClock()
    const said: Rejection[] = []
    const notices = createRefusalNotices((one) => said.push(one), clock)
    for (let n = 1; n <= 11; n += 1) notices.add(rejection(n))
    expect(said.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    await clock.pass(10_000)
    expect(said.at(-1)).toEqual(rejection(11))
    for (let n = 12; n <= 40; n += 1) notices.add(rejection(n))
    await clock.pass(10_000)
    expect(said.at(-1)).toEqual({ ...rejection(40), more: 18 })
    await clock.pass(60_000)
    expect(said).toHaveLength(22)
    expect(clock.timers()).toBe(0)
  })
})
