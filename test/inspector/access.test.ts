// Who is let in: by the token of a program, by the cookie of a browser, and never from another site.

import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { createAccess } from '../../src/inspector/access.ts'
import { fakeHandlers } from '../support/inspector/fake-handlers.ts'
import { inspectorForTest } from '../support/inspector/open-inspector.ts'

const hold = async () => ({ holding: null, waiting: 0 })

async function browserForTest() {
  const opened = await inspectorForTest({ handlers: fakeHandlers({ hold }) })
  const link = new URL(opened.inspector.link)
  const entered = await opened.send(`GET ${link.pathname}${link.search}`, { Authorization: null })
  const cookie = headerOf(entered.headers, 'set-cookie') ?? ''
  const [pair = ''] = cookie.split(';')
  const ask = (headers: Readonly<Record<string, string | null>> = {}) =>
    opened.send(
      'POST /api/hold',
      { Authorization: null, 'Content-Type': 'application/json', Cookie: pair, ...headers },
      '{}',
    )
  return { ...opened, entered, cookie, pair, ask }
}

describe('The link of the page', () => {
  it('becomes a cookie that no script can read, and leaves the address', async () => {
    const { entered, cookie, ask, address } = await browserForTest()
    expect(entered.status).toBe(200)
    expect(cookie).toMatch(new RegExp(`^dev-hook-${address.port}=[\\w-]{43}; Path=/api; HttpOnly; SameSite=Strict$`))
    expect(entered.body.toString()).toContain('content="0;url=/"')
    expect((await ask()).status).toBe(200)
  })

  it('holds neither the token for programs nor what is in the cookie', async () => {
    const { inspector, address, pair } = await browserForTest()
    expect(inspector.link).not.toContain(address.token)
    expect(pair).not.toContain(address.token)
    expect(inspector.link).not.toContain(pair.split('=')[1])
  })

  it('is refused with a sentence when it is of another run', async () => {
    const { send } = await browserForTest()
    const answer = await send(`GET /?token=${createAccess().linkToken}`, { Authorization: null })
    expect([answer.status, headerOf(answer.headers, 'set-cookie')]).toEqual([401, undefined])
    expect(answer.body.toString()).toContain('belongs to another run')
  })
})

describe('A browser', () => {
  it.each([
    ['no cookie', { Cookie: null }, 401],
    ['the cookie of another run', { Cookie: 'dev-hook-1=x' }, 401],
    ['a wrong cookie beside others', { Cookie: 'a=b; dev-hook-4747=x; c' }, 401],
    ['a wrong token beside the cookie', { Authorization: 'Bearer x' }, 401],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['another port of this machine', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['the origin of another port', { Origin: 'http://127.0.0.1:3000' }, 403],
    ['an opaque origin', { Origin: 'null' }, 403],
    ['a name that somebody let point here', { Host: 'evil.example.com' }, 403],
  ] as const)('is refused with %s', async (_, headers, status) => {
    const { ask } = await browserForTest()
    const answer = await ask(headers)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body.toString()).error.message).toMatch(/\w+ \w+/)
  })

  it('may come from our own page, or from its address bar', async () => {
    const { ask, address } = await browserForTest()
    const origin = `http://127.0.0.1:${address.port}`
    expect((await ask({ 'Sec-Fetch-Site': 'same-origin', Origin: origin })).status).toBe(200)
    expect((await ask({ 'Sec-Fetch-Site': 'none' })).status).toBe(200)
  })

  it('may follow a link to the page from anywhere, and to nothing else', async () => {
    const { send } = await browserForTest()
    const visit = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
    expect((await send('GET /', { Authorization: null, ...visit })).status).toBe(200)
    expect((await send('GET /api/status', visit)).status).toBe(403)
    expect((await send('GET /', { ...visit, 'Sec-Fetch-Dest': 'iframe' })).status).toBe(403)
  })

  it('is told to load nothing from elsewhere, and to show this in no frame', async () => {
    const { send } = await browserForTest()
    for (const path of ['/', '/api/status', '/nothing']) {
      const { headers } = await send(`GET ${path}`)
      expect(headerOf(headers, 'content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
      expect(headerOf(headers, 'x-content-type-options')).toBe('nosniff')
      expect(headerOf(headers, 'referrer-policy')).toBe('no-referrer')
      expect(headerOf(headers, 'access-control-allow-origin')).toBeUndefined()
    }
  })
})

describe('What is not a request', () => {
  it.each([
    ['a path that cannot be decoded', 'GET /%zz', {}, 400],
    ['an unknown path', 'GET /etc/passwd', {}, 404],
    ['an unknown operation', 'GET /api/nothing', {}, 404],
    ['the path of the API alone', 'GET /api', {}, 404],
    ['a header that is too long', 'GET /api/status', { X: 'x'.repeat(20_000) }, 431],
  ] as const)('is refused with a sentence: %s', async (_, line, headers, status) => {
    const { send } = await inspectorForTest()
    const answer = await send(line, headers)
    expect(answer.status).toBe(status)
    expect(answer.body.toString()).toMatch(/"message":"[^"]{5,}"/)
  })
})

describe('The port of the inspector', () => {
  it('is the wished one, or another when that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const { inspector } = await inspectorForTest({ port: address.port })
    expect(inspector.port).not.toBe(address.port)
    await inspector.close()
    other.close()
    await once(other, 'close')
    expect((await inspectorForTest({ port: address.port })).inspector.port).toBe(address.port)
  })
})
