import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Delivery, Reply } from '../../src/core/delivery.ts'
import { createHookAddress } from '../../src/core/hook-url.ts'
import type { Gateway } from '../../src/core/ports.ts'
import { type GatewayOptions, openGateway } from '../../src/gateway/server.ts'
import { exchange } from '../support/network/raw-http.ts'
import { eventually } from '../support/wait.ts'

const address = createHookAddress()
const auth = `Basic ${Buffer.from(`${address.user}:${address.password}`).toString('base64')}`
const fine: Reply = { status: 200, headers: [], body: Buffer.from('fine') }

let gateway: Gateway | undefined
afterEach(async () => gateway?.close())

interface Rejected {
  readonly reason: string
  readonly status: number
}

async function open(options: Partial<GatewayOptions> = {}) {
  const deliveries: Delivery[] = []
  const rejected: Rejected[] = []
  const accept = async (delivery: Delivery): Promise<Reply> => {
    deliveries.push(delivery)
    return fine
  }
  const onRejected: GatewayOptions['rejected'] = ({ reason, status }) => rejected.push({ reason, status })
  gateway = await openGateway({ address, port: null, accept, rejected: onRejected, ...options })
  return { port: gateway.port, deliveries, rejected }
}

/** Resolves once the gateway has read what was written before: it reads its connections in the order in which bytes arrive. */
const headRead = async (port: number): Promise<unknown> => exchange(port, request({ target: '/elsewhere' }))

interface Request {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly body?: Buffer
}

function request({
  method = 'POST',
  target = address.path,
  headers = ['Authorization', auth],
  body,
}: Request = {}): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: x', 'Connection: close']
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
  if (body) lines.push(`Content-Length: ${body.length}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)])
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'authorization',
  'transfer-encoding',
  'expect',
  'upgrade',
])

describe('The gateway', () => {
  it('reports when the head of a delivery arrived, however long the body took', async () => {
    let waitingSince = Number.POSITIVE_INFINITY
    const accept: GatewayOptions['accept'] = async (_delivery, since) => {
      waitingSince = since
      return fine
    }
    const { port } = await open({ accept })
    const bytes = request({ body: Buffer.from('body') })
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes.subarray(0, -1))
    // The gateway has the head once it asks for the rest: it is the only connection, and the server has seen it.
    await headRead(port)
    const restSentAt = performance.now()
    socket.end(bytes.subarray(-1))
    await once(socket.resume(), 'close')
    expect(waitingSince).toBeLessThan(restSentAt)
  })

  it('hands over method, query, headers with their case and duplicates, and body exactly as they arrived', async () => {
    const { port, deliveries } = await open()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'PUT', 'GET', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS'),
        fc.uint8Array({ maxLength: 3_000 }).map((array) => Buffer.from(array)),
        fc.array(
          fc.tuple(
            token.filter((name) => !OURS.has(name.toLowerCase())),
            fc.stringMatching(/^[!-~]{1,20}$/),
          ),
          { maxLength: 8 },
        ),
        fc.stringMatching(/^[a-z0-9=&%/?:+._~-]{0,30}$/),
        async (method, body, pairs, query) => {
          deliveries.length = 0
          const headers = pairs.flat()
          const target = query === '' ? address.path : `${address.path}?${query}`
          const answer = await exchange(
            port,
            request({ method, target, headers: ['Authorization', auth, ...headers], body }),
          )
          expect(answer.status).toBe(200)
          const [delivery] = deliveries
          expect(delivery?.method).toBe(method)
          expect(delivery?.search).toBe(query === '' ? '' : `?${query}`)
          expect(delivery?.body.equals(body)).toBe(true)
          expect(delivery?.headers.slice(4, -2)).toEqual(headers)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(['application/json', 'text/plain', 'foo', '', ';;', 'multipart/form-data'])(
    'takes a body of content type "%s"',
    async (type) => {
      const { port, deliveries } = await open()
      const headers = ['Authorization', auth, 'Content-Type', type]
      const { status } = await exchange(port, request({ headers, body: Buffer.from('{broken') }))
      expect(status).toBe(200)
      expect(deliveries[0]?.body.toString()).toBe('{broken')
      expect(deliveries[0]?.headers).toContain(type)
    },
  )

  it('takes chunked bodies', async () => {
    const { port, deliveries } = await open()
    const head = request({ headers: ['Authorization', auth, 'Transfer-Encoding', 'chunked'] })
    const { status } = await exchange(port, Buffer.concat([head, Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')]))
    expect(status).toBe(200)
    expect(deliveries[0]?.body.toString()).toBe('abcde')
  })

  it('does not hand over its own credentials', async () => {
    const { port, deliveries } = await open()
    await exchange(port, request({ body: Buffer.from('x') }))
    expect(deliveries[0]?.headers.join(' ')).not.toMatch(/authorization/i)
  })

  it('answers every other path with 404 and hands nothing over', async () => {
    const { port, deliveries, rejected } = await open()
    for (const target of [
      '/',
      '/hook',
      `${address.path}/`,
      `${address.path}x`,
      '/%zz',
      `/dev-hook/${'0'.repeat(32)}`,
    ]) {
      expect((await exchange(port, request({ target }))).status).toBe(404)
    }
    expect(deliveries).toEqual([])
    expect(rejected).toEqual([])
  })

  it('answers wrong or missing credentials with 401 and announces that', async () => {
    const { port, deliveries, rejected } = await open()
    // As long as the right one, so that only its content tells them apart.
    const wrong = `Basic ${Buffer.from(`${address.user}:${'x'.repeat(address.password.length)}`).toString('base64')}`
    expect((await exchange(port, request({ headers: ['Authorization', wrong] }))).status).toBe(401)
    expect((await exchange(port, request({ headers: [] }))).status).toBe(401)
    expect(deliveries).toEqual([])
    expect(rejected).toEqual([
      { reason: 'unauthorised', status: 401 },
      { reason: 'unauthorised', status: 401 },
    ])
  })

  it('takes a body of exactly the limit and refuses one more byte with 413', async () => {
    const { port, deliveries, rejected } = await open({ maxBodyBytes: 1_000 })
    expect((await exchange(port, request({ body: Buffer.alloc(1_000) }))).status).toBe(200)
    expect((await exchange(port, request({ body: Buffer.alloc(1_001) }))).status).toBe(413)
    expect(deliveries).toHaveLength(1)
    expect(rejected).toEqual([{ reason: 'too-large', status: 413 }])
  })

  it('answers 413 also to a sender that reads the answer only after it has sent everything', async () => {
    const { port, rejected } = await open({ maxBodyBytes: 1_000 })
    expect((await exchange(port, request({ body: Buffer.alloc(20 * 1024 * 1024) }))).status).toBe(413)
    expect(rejected).toEqual([{ reason: 'too-large', status: 413 }])
  })

  it('takes ten megabytes as they are', async () => {
    const { port, deliveries } = await open()
    const body = Buffer.alloc(10 * 1024 * 1024, 'x')
    expect((await exchange(port, request({ body }))).status).toBe(200)
    expect(deliveries[0]?.body.equals(body)).toBe(true)
  })

  describe('before the signature is checked', () => {
    /** A request whose last byte has not been sent, and its answer once it is. */
    async function withheld(port: number, body: Buffer) {
      const bytes = request({ body })
      const socket = connect(port, '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      const answer = statusOf(socket)
      await new Promise<void>((resolve) => void socket.write(bytes.subarray(0, -1), () => resolve()))
      return { answer, cut: () => socket.destroy(), finish: () => void socket.write(bytes.subarray(-1)) }
    }

    const statusOf = async (socket: Socket): Promise<number> => {
      let text = ''
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
      })
      await once(socket, 'close')
      return Number(text.split(' ')[1])
    }

    const small = Buffer.from('{}')
    const send = async (port: number, body = small): Promise<number> => (await exchange(port, request({ body }))).status
    /** Resolves when the gateway has seen what was sent. */
    const seen = (port: number): Promise<unknown> => exchange(port, request({ target: '/' }))

    it('takes 64 requests at a time, and answers 503 beyond', async () => {
      const { port, rejected } = await open()
      const slow = await Promise.all(Array.from({ length: 64 }, () => withheld(port, small)))
      // What was sent may still be on its way.
      await eventually(async () => (await send(port)) === 503)
      expect(rejected).toEqual([{ reason: 'full', status: 503 }])
      slow[0]?.finish()
      expect(await slow[0]?.answer).toBe(200)
      expect(await send(port)).toBe(200)
      slow[1]?.cut()
      slow[2]?.cut()
      await eventually(async () => (await send(port)) === 200)
    })

    it('holds 16 MiB of all bodies together, and answers 503 beyond', async () => {
      const { port, rejected } = await open()
      const large = Buffer.alloc(8 * 1024 * 1024 - 100)
      const slow = [await withheld(port, large), await withheld(port, large)]
      await eventually(async () => (await send(port, Buffer.alloc(1_000))) === 503)
      expect(rejected).toEqual([{ reason: 'full', status: 503 }])
      expect(await send(port)).toBe(200)
      slow[0]?.cut()
      await eventually(async () => (await send(port, large)) === 200)
      slow[1]?.finish()
      expect(await slow[1]?.answer).toBe(200)
    })

    it('does not count a body that is too large', async () => {
      const { port } = await open({ maxBodyBytes: 1_000, unverified: { maxBytesTogether: 2_000 } })
      for (let n = 0; n < 5; n++) await withheld(port, Buffer.alloc(100_000))
      await seen(port)
      expect(await send(port, Buffer.alloc(1_000))).toBe(200)
    })

    it('counts a delivery until it is verified, not until it is answered', async () => {
      let answer = (_reply: Reply): void => undefined
      const later = new Promise<Reply>((resolve) => {
        answer = resolve
      })
      const accept: GatewayOptions['accept'] = ({ search }, _since, verified) => {
        if (search === '?signed') verified()
        return later
      }
      const { port } = await open({ accept, unverified: { maxRequests: 2 } })
      const waiting = (target: string): Promise<{ status: number }> => exchange(port, request({ target }))
      const signed = Array.from({ length: 5 }, () => waiting(`${address.path}?signed`))
      await seen(port)
      const forged = Array.from({ length: 3 }, () => waiting(address.path))
      expect((await Promise.race(forged)).status).toBe(503)
      answer(fine)
      const statuses = (await Promise.all([...signed, ...forged])).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(7)
    })

    it('cuts a request that has not arrived in time, within a second more', async () => {
      const { port } = await open({ arriveWithinMs: 1_500 })
      const began = performance.now()
      const { answer } = await withheld(port, small)
      expect(await answer).toBe(408)
      expect(performance.now() - began).toBeLessThan(4_000)
    })
  })

  it('passes back status, headers (also duplicates) and body of the reply', async () => {
    const headers = ['Set-Cookie', 'a=1', 'set-cookie', 'b=2']
    const reply: Reply = { status: 418, headers, body: Buffer.from([0, 255, 10]) }
    const { port } = await open({ accept: async () => reply })
    const answer = await exchange(port, request())
    expect(answer.status).toBe(418)
    expect(answer.headers.slice(0, 4)).toEqual(headers)
    expect(answer.body.equals(reply.body)).toBe(true)
  })

  it('answers 502 to a reply that cannot be written, and goes on', async () => {
    let headers = ['X-Bad', 'a\u0001b']
    const { port } = await open({ accept: async () => ({ status: 200, headers, body: Buffer.from('hi') }) })
    expect((await exchange(port, request())).status).toBe(502)
    headers = []
    expect((await exchange(port, request())).status).toBe(200)
  })

  it('gives no body to a reply that cannot have one', async () => {
    const { port } = await open({ accept: async () => ({ status: 204, headers: [], body: Buffer.alloc(0) }) })
    const answer = await exchange(port, request())
    expect(answer.status).toBe(204)
    expect(answer.headers.join(' ')).not.toMatch(/content-length/i)
  })

  it('lets a request in flight finish when it closes, and refuses the next one', async () => {
    let arrived = (): void => undefined
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let answer = (_reply: Reply): void => undefined
    const later = new Promise<Reply>((resolve) => {
      answer = resolve
    })
    const { port } = await open({
      accept: () => {
        arrived()
        return later
      },
    })
    const keepAlive = Buffer.from(request().toString('latin1').replace('Connection: close\r\n', ''), 'latin1')
    const inFlight = exchange(port, keepAlive)
    await here
    const closed = gateway?.close()
    answer(fine)
    const last = await inFlight
    expect(last.status).toBe(200)
    // Without it, a client that keeps connections would keep the gateway from closing.
    expect(last.headers).toContain('connection')
    await closed
    await expect(exchange(port, request())).rejects.toThrow(/ECONNREFUSED/)
  })

  it('answers 503 to a request that arrives while it closes', async () => {
    const { port, deliveries } = await open({ finishWithinMs: 60_000 })
    const whole = request()
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    const ended = once(socket, 'close')
    socket.write(whole.subarray(0, 20))
    await headRead(port)
    const closed = gateway?.close()
    socket.write(whole.subarray(20))
    await Promise.all([closed, ended])
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1/is)
    expect(deliveries).toEqual([])
  })

  it('does not wait for a request that never ends', async () => {
    let arrived = (): void => undefined
    const here = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const never = new Promise<Reply>(() => undefined)
    const { port } = await open({
      finishWithinMs: 50,
      accept: () => {
        arrived()
        return never
      },
    })
    const cut = exchange(port, request())
    await here
    await gateway?.close()
    expect((await cut).status).toBeNaN()
  })

  it('names the port that is taken', async () => {
    const { port } = await open()
    await expect(
      openGateway({ address, port, accept: async () => fine, rejected: () => undefined }),
    ).rejects.toMatchObject({
      code: 'DEVHOOK_PORT_TAKEN',
      message: expect.stringContaining(String(port)),
    })
  })
})
