// Bytes are sacred: what a delivery carries arrives as it was, and so does the bot's answer.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createForwarder, type Forwarder } from '../../src/delivery/forwarder.ts'
import { openRawBot, type RawBot, type RawRequest } from '../support/bot/raw-bot.ts'
import { aDelivery } from '../support/deliveries.ts'

const MiB = 1024 * 1024

let bot: RawBot
let forwarder: Forwarder
let answer: (request: RawRequest) => Buffer

beforeEach(async () => {
  answer = () => Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  bot = await openRawBot({ onRequest: (request) => request.socket.write(answer(request)) })
  forwarder = createForwarder({ target: { host: '127.0.0.1', port: bot.port, path: '/hook' } })
})

afterEach(async () => {
  await forwarder.close()
  await bot.close()
})

/** Bytes of every value, out of a seed: fast-check is too slow to invent a megabyte. */
function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = seed | 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return bytes
}

const bodies = fc
  .tuple(fc.oneof(fc.nat(64), fc.nat(70_000), fc.nat(MiB)), fc.nat())
  .map(([length, seed]) => bytesOf(length, seed))

const methods = fc.oneof(
  fc.constantFrom(
    'POST',
    'GET',
    'HEAD',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'REPORT',
    'M-SEARCH',
  ),
  fc.stringMatching(/^[A-Z!#$%&'*+.^_`|~-]{3,12}$/).filter((method) => method !== 'CONNECT'),
)

// Printable ASCII and the bytes above it, which some senders still use; blanks at the ends are not part of a value.
const values = fc.stringMatching(/^([!-~\u0080-\u00ff]([ \t!-~\u0080-\u00ff]{0,40}[!-~\u0080-\u00ff])?)?$/)
const names = fc.oneof(
  fc.constantFrom(
    'Content-Type',
    'content-TYPE',
    'Content-Encoding',
    'X-Hub-Signature',
    'X-Forwarded-For',
    'Cookie',
    'Date',
  ),
  fc
    .stringMatching(/^[Xx][A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/)
    .filter((name) => name.toLowerCase() !== 'x-dev-hook-delivery'),
)
const headerLists = fc.array(fc.tuple(names, values), { maxLength: 20 }).map((pairs) => pairs.flat())
const searches = fc.stringMatching(/^(\?[!-~]{0,200})?$/)

describe('The bytes of a delivery', () => {
  it('any method, query, headers and body arrive as they were', async () => {
    await fc.assert(
      fc.asyncProperty(methods, searches, headerLists, bodies, async (method, search, headers, body) => {
        const delivery = aDelivery({ method, search, headers, body })
        const attempt = await forwarder.forward(delivery).done
        expect(attempt).toMatchObject({ outcome: 'answered', reply: { status: 200 } })
        const request = bot.requests.pop()
        expect(bot.requests).toHaveLength(0)
        expect(request?.method).toBe(method)
        expect(request?.url).toBe(`/hook${search}`)
        expect(request?.body.equals(body)).toBe(true)
        const ours = [`127.0.0.1:${bot.port}`, 'keep-alive', 'close', `${body.length}`]
        expect(withoutTransport(request?.headers ?? [], ours)).toEqual([...headers, 'x-dev-hook-delivery', delivery.id])
      }),
      { numRuns: 200 },
    )
  })

  /** The headers without what each connection needs: host, connection and content-length, once each. */
  function withoutTransport(headers: readonly string[], expected: readonly string[]): string[] {
    const kept: string[] = []
    for (let i = 0; i < headers.length; i += 2) {
      const [name = '', value = ''] = headers.slice(i, i + 2)
      if (['host', 'connection', 'content-length'].includes(name)) expect(expected).toContain(value)
      else kept.push(name, value)
    }
    return kept
  }

  it.each([10 * MiB, 10 * MiB - 1])('a body of %i bytes arrives as it was', async (length) => {
    const body = bytesOf(length, length)
    const attempt = await forwarder.forward(aDelivery({ body })).done
    expect(attempt.outcome).toBe('answered')
    expect(bot.requests[0]?.body.equals(body)).toBe(true)
  })

  it('the headers given with an attempt take the place of those received', async () => {
    await forwarder.forward(aDelivery(), ['X-Hub-Signature', 'sha1=new']).done
    expect(bot.requests[0]?.headers).toContain('sha1=new')
    expect(bot.requests[0]?.headers).not.toContain('application/json')
  })

  it('the host of a forward is the target', async () => {
    await forwarder.forward(aDelivery({ headers: ['Host', 'abc.ngrok.app'] })).done
    expect(bot.requests[0]?.headers.slice(0, 2)).toEqual(['host', `127.0.0.1:${bot.port}`])
  })

  it('any answer comes back as the bot gave it', async () => {
    const statuses = fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304)
    const splits = fc.array(fc.nat(5_000), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        statuses,
        headerLists,
        bodies,
        fc.boolean(),
        splits,
        async (status, headers, body, chunked, sizes) => {
          const lines = headers.flatMap((text, i) => (i % 2 === 0 ? [`${text}: ${headers[i + 1]}\r\n`] : []))
          const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
          const head = Buffer.from(`HTTP/1.1 ${status} Reason\r\n${lines.join('')}${framing}\r\n\r\n`, 'latin1')
          answer = () => Buffer.concat([head, chunked ? inChunks(body, sizes) : body])
          const attempt = await forwarder.forward(aDelivery()).done
          if (attempt.outcome !== 'answered') expect.fail(JSON.stringify(attempt))
          expect(attempt.reply.status).toBe(status)
          expect(attempt.reply.headers).toEqual(headers)
          expect(attempt.reply.body.equals(body)).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  function inChunks(body: Buffer, sizes: readonly number[]): Buffer {
    const parts: Buffer[] = []
    let start = 0
    for (const size of [...sizes, body.length]) {
      const part = body.subarray(start, start + size)
      start += part.length
      if (part.length > 0) parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
    }
    return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
  }

  it.each([204, 304])('a %i has no body', async (status) => {
    answer = () => Buffer.from(`HTTP/1.1 ${status} X\r\nx-a: 1\r\n\r\n`)
    const attempt = await forwarder.forward(aDelivery()).done
    expect(attempt).toMatchObject({ reply: { status, headers: ['x-a', '1'], body: Buffer.alloc(0) } })
  })

  it('an answer to HEAD announces a length without a body', async () => {
    answer = () => Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx-a: 1\r\n\r\n')
    const attempt = await forwarder.forward(aDelivery({ method: 'HEAD', body: Buffer.alloc(0) })).done
    expect(attempt).toMatchObject({ outcome: 'answered', reply: { headers: ['x-a', '1'], body: Buffer.alloc(0) } })
  })

  it('a redirect is an answer and is not followed', async () => {
    answer = () => Buffer.from('HTTP/1.1 307 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n')
    const attempt = await forwarder.forward(aDelivery()).done
    expect(attempt).toMatchObject({ reply: { status: 307, headers: ['location', '/elsewhere'] } })
    expect(bot.requests).toHaveLength(1)
  })

  it('early hints before the answer are not the answer', async () => {
    answer = () =>
      Buffer.from('HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 2\r\n\r\nhi')
    const attempt = await forwarder.forward(aDelivery()).done
    expect(attempt).toMatchObject({ reply: { status: 200, headers: ['x-a', '1'], body: Buffer.from('hi') } })
  })
})
