// What reading raw headers promises, with Node's own parser as the judge.
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filterHeaders, headerOf, headerPairs, headerValues } from '../../../src/core/http/raw-headers.ts'

const NAMES = [
  'x-one',
  'x-two',
  'X-Hub-Signature',
  'x-hub-signature-256',
  'Set-Cookie',
  'x',
  'X-ONE',
  'x-é'.slice(0, 2),
]
const name = fc.oneof(
  fc.constantFrom(...NAMES),
  // Letters whose lower case depends on the language, or is longer, are no part of a name: it is ASCII.
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,8}$/),
)
const value = fc.stringMatching(/^[!-~]([ -~]{0,8}[!-~])?$/)
const headers = fc.array(fc.tuple(name, value), { maxLength: 10 })

const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'host',
  'expect',
  'upgrade',
  'keep-alive',
  'trailer',
])

describe('Raw headers', () => {
  let port = 0
  let received: (request: IncomingMessage) => void = () => undefined
  const server = createServer((request, response) => {
    received(request)
    response.end()
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server.close())

  /** Sends headers over a bare socket; the request as Node understands it. */
  function parsedByNode(pairs: readonly (readonly [string, string])[]): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      received = resolve
      const lines = pairs.map((pair) => `${pair.join(': ')}\r\n`).join('')
      const socket = connect(port, '127.0.0.1', () => void socket.end(`GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`))
      socket.on('error', reject).resume()
    })
  }

  it('are found as Node finds them, by a lower-case name, in order and in every spelling', async () => {
    await fc.assert(
      fc.asyncProperty(headers, async (given) => {
        const pairs = given.filter(([one]) => !HOP_BY_HOP.has(one.toLowerCase()))
        const { rawHeaders, headersDistinct } = await parsedByNode(pairs)
        expect(headerPairs(rawHeaders)).toEqual([['Host', 'a'], ...pairs])
        const names = new Set([...pairs.map(([one]) => one.toLowerCase()), 'x-one', 'absent'])
        for (const one of names) {
          expect(headerValues(rawHeaders, one)).toEqual(headersDistinct[one] ?? [])
          expect(headerOf(rawHeaders, one)).toBe(headersDistinct[one]?.[0])
        }
      }),
    )
  })

  it('are filtered by name without losing order, case or repetition', () => {
    fc.assert(
      fc.property(headers, fc.func(fc.boolean()), (pairs, keep) => {
        const raw = pairs.flat()
        const before = [...raw]
        const kept = pairs.filter(([one]) => keep(one.toLowerCase()))
        expect(filterHeaders(raw, keep)).toEqual(kept.flat())
        expect(raw).toEqual(before)
      }),
    )
  })

  it('with a name that has no value are read without an error', () => {
    expect(headerPairs(['a'])).toEqual([])
    expect(headerValues(['a'], 'a')).toEqual([])
    expect(filterHeaders(['a'], () => true)).toEqual([])
    expect(headerOf(['a'], 'a')).toBeUndefined()
  })
})
