// What the platform sends is what the bot gets, from socket to socket through a whole running dev-hook.

import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { startDevHook } from '../../src/index.ts'
import { openRawBot, type RawRequest } from '../support/bot/raw-bot.ts'
import { folderForTest } from '../support/folder.ts'
import { exchange } from '../support/network/raw-http.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'

const MiB = 1024 * 1024
const BOUNDS = { numRuns: 60 }

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
/** Of the connection, or of dev-hook's own making. */
const NOT_PASSED =
  /^(host|connection|content-length|authorization|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|x-dev-hook-.*)$/i
const headers = fc.array(
  fc.tuple(
    name.filter((text) => !NOT_PASSED.test(text)),
    fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
  ),
  { maxLength: 10 },
)
const contentType = fc.constantFrom(
  'application/json',
  'application/JSON; charset=utf-8',
  'text/plain',
  'foo',
  'multipart/form-data; boundary=x',
)
const method = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'PROPFIND')
const query = fc.oneof(fc.constant(''), fc.stringMatching(/^\?[a-z0-9=&%/?:+._~-]{0,40}$/))
const length = fc.oneof(fc.constant(0), fc.nat(300), fc.nat(70_000), fc.nat(MiB), fc.constant(10 * MiB))

let made = 0
/** Every value of a byte, and a beginning of its own: the same body again would be taken for a redelivery. */
function bodyOf(bytes: number): Buffer {
  made += 1
  const body = Buffer.alloc(bytes, Buffer.from(Array.from({ length: 256 }, (_, value) => value)))
  body.write(String(made))
  return body
}

it('Bodies, headers, content types, methods and queries arrive as they were sent, and the answer goes back as it was given', async () => {
  const platform = await sandboxForTest()
  const answer = 'HTTP/1.1 202 Accepted\r\nX-Odd-Case: 1\r\nx-odd-case: 2\r\nContent-Length: 3\r\n\r\n\u0000ÿ\n'
  const bot = await openRawBot({
    onRequest: ({ socket }: RawRequest) => void socket.write(Buffer.from(answer, 'latin1')),
  })
  onTestFinished(() => bot.close())
  await using _running = await startDevHook({
    apiHost: platform.api,
    tunnel: 'loopback',
    takeOver: true,
    signature: 'off',
    port: bot.port,
    path: '/hook',
    env: { TOKEN: platform.token },
    stateFolder: await folderForTest(),
    cwd: await folderForTest(),
  })
  const registered = new URL(String(platform.registration()?.['url']))
  const auth = Buffer.from(`${registered.username}:${registered.password}`).toString('base64')

  await fc.assert(
    fc.asyncProperty(method, query, headers, contentType, length, async (verb, search, pairs, type, size) => {
      bot.requests.length = 0
      const bytes = bodyOf(size)
      const sent = [...pairs.flat(), 'Content-Type', type]
      const lines = [
        `${verb} ${registered.pathname}${search} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        `Authorization: Basic ${auth}`,
      ]
      for (let i = 0; i < sent.length; i += 2) lines.push(`${sent[i]}: ${sent[i + 1]}`)
      const head = Buffer.from(`${lines.join('\r\n')}\r\nContent-Length: ${bytes.length}\r\n\r\n`, 'latin1')
      const got = await exchange(Number(registered.port), Buffer.concat([head, bytes]))
      expect(got.status).toBe(202)
      expect(got.body.toString('latin1')).toBe('\u0000ÿ\n')
      expect(got.headers.slice(0, 4)).toEqual(['X-Odd-Case', '1', 'x-odd-case', '2'])
      const [request] = bot.requests
      expect(request?.method).toBe(verb)
      expect(request?.url).toBe(`/hook${search}`)
      expect(request?.body.equals(bytes)).toBe(true)
      expect(passed(request?.headers ?? [])).toEqual(sent)
    }),
    BOUNDS,
  )
})

function passed(all: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < all.length; i += 2) {
    if (!NOT_PASSED.test(all[i] ?? '')) kept.push(all[i] ?? '', all[i + 1] ?? '')
  }
  return kept
}
