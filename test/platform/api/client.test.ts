// Every answer of the platform, good and bad, as the callers of the client see it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MONOTONIC } from '../../../src/core/async.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { type Client, type ClientOptions, createClient } from '../../../src/platform/api/client.ts'
import type { TokenPair } from '../../../src/platform/api/token-source.ts'
import { type ApiReply, type ScriptedApi, startScriptedApi } from '../../support/platform/scripted-api.ts'
import { makeToken } from '../../support/platform/tokens.ts'

const HOUR = 3_600_000
const token = makeToken({ _id: 'b1', scope: 'guest agent bot', grant_type: 'access_token' })
const fresh = makeToken({ _id: 'b1', scope: 'guest agent bot', grant_type: 'access_token', iat: 2 })
const PATH = '/v2/bots/b1'
const NAMES = { POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const

let server: ScriptedApi
let clients: Client[]
let slept: number[]

beforeEach(async () => {
  server = await startScriptedApi()
  clients = []
  slept = []
})
afterEach(async () => {
  for (const client of clients) await client.close()
  await server.close()
})

function open(options: Partial<ClientOptions> = {}): Client {
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    slept.push(ms)
  }
  // Without a limit on calls: the throttle has its own tests.
  const throttle = { acquire: async () => {}, pause: (ms: number) => void slept.push(ms) }
  const defaults = {
    apiHost: server.url,
    tokens: { token },
    userAgent: 'dev-hook/test',
    clock: { ...MONOTONIC, sleep },
    throttle,
  }
  const client = createClient({ ...defaults, ...options })
  clients.push(client)
  return client
}

async function errorOf(call: Promise<unknown>): Promise<DevHookError> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof DevHookError) return error
  throw new Error(`no DevHookError: ${String(error)}`)
}

const utc = (ms: number): string => new Date(ms).toUTCString()

const error = (status: number, message: string): ApiReply => ({ status, json: { error: { message } } })

describe('a call', () => {
  it('carries token, agent, query and body, and brings back JSON', async () => {
    server.on('PATCH', PATH, () => ({ json: { id: 'b1' }, headers: { 'x-request-id': 'r1' } }))
    const answer = await open().patch(PATH, { query: { select: 'a,b', limit: 3 }, body: { webhook: { url: 'x' } } })
    expect(answer).toMatchObject({ status: 200, json: { id: 'b1' }, headers: { 'x-request-id': 'r1' } })
    const [call] = server.calls
    expect(call?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'user-agent': 'dev-hook/test',
      accept: 'application/json',
      'content-type': 'application/json',
    })
    expect(call?.query.toString()).toBe('select=a%2Cb&limit=3')
    expect(call?.body).toEqual({ webhook: { url: 'x' } })
  })

  it('has no JSON for an empty answer', async () => {
    server.on('DELETE', '/v2/services/s1', () => ({ status: 204, text: '' }))
    expect(await open().delete('/v2/services/s1')).toMatchObject({ status: 204, json: null })
  })

  it('keeps the path prefix of the host', async () => {
    server.on('GET', `/base${PATH}`, () => ({ json: {} }))
    const client = open({ apiHost: `${server.url}/base/` })
    await client.get(PATH)
    expect(client.apiHost).toBe(`${server.url}/base`)
  })

  it('follows no redirect', async () => {
    server.on('GET', PATH, () => ({ status: 302, text: '', headers: { location: '/v2/elsewhere' } }))
    expect((await errorOf(open().get(PATH))).is('apiNotJson')).toBe(true)
    expect(server.trace()).toEqual([`GET ${PATH}`])
  })
})

describe('an answer that is not what was asked for', () => {
  const cases: readonly (readonly [string, ApiReply, string, string])[] = [
    ['401', error(401, 'jwt malformed'), 'DEVHOOK_CREDENTIALS_REFUSED', 'GET /v2/bots/b1 answered 401: jwt malformed'],
    ['403 for the token', error(403, 'Token expired'), 'DEVHOOK_CREDENTIALS_REFUSED', 'answered 403: Token expired'],
    [
      '403 for the scope',
      error(403, 'Permission Denied'),
      'DEVHOOK_PERMISSION_DENIED',
      "answered 403: Permission Denied (the token's scope is `guest agent bot`)",
    ],
    [
      '403 for the verification',
      error(403, 'The callback URL could not be verified'),
      'DEVHOOK_NOT_VERIFIED',
      'answered 403: The callback URL could not be verified',
    ],
    ['404', error(404, 'Not found'), 'DEVHOOK_API_REFUSED', 'GET /v2/bots/b1 answered 404: Not found'],
    ['400 with message', { status: 400, json: { message: 'no url' } }, 'DEVHOOK_API_REFUSED', 'answered 400: no url'],
    ['400 with error', { status: 400, json: { error: 'bad' } }, 'DEVHOOK_API_REFUSED', 'answered 400: bad'],
    ['400 with text', { status: 400, text: 'bad\n  luck' }, 'DEVHOOK_API_REFUSED', 'answered 400: bad luck'],
    ['500', error(500, 'boom'), 'DEVHOOK_API_FAILED', 'answered 500: boom'],
    ['429', error(429, 'slow down'), 'DEVHOOK_API_FAILED', 'answered 429: slow down'],
    [
      'a web page',
      { text: '<!doctype html><p>Sign in', headers: { 'content-type': 'text/html' } },
      'DEVHOOK_API_NOT_JSON',
      'answered 200, but not with JSON',
    ],
    [
      'a web page instead of an error',
      { status: 404, text: '<p>Cannot GET', headers: { 'content-type': 'text/html' } },
      'DEVHOOK_API_NOT_JSON',
      'answered 404 with a web page',
    ],
    ['a page of a proxy that fails', { status: 502, text: '<p>Bad gateway' }, 'DEVHOOK_API_FAILED', 'answered 502'],
    [
      'a redirect, which is to another host',
      { status: 301, text: '', headers: { location: 'https://elsewhere.example/v2/bots/b1?token=t' } },
      'DEVHOOK_API_NOT_JSON',
      'answered 301 with a redirect to https://elsewhere.example',
    ],
    [
      'a network that wants to be signed in to',
      { status: 511, json: {} },
      'DEVHOOK_API_NOT_JSON',
      'answered 511 as this network wants to be signed in to',
    ],
    ['nesting without end', { text: '['.repeat(5_000) + ']'.repeat(5_000) }, 'DEVHOOK_API_NOT_JSON', 'not with JSON'],
    ['text', { text: 'ok' }, 'DEVHOOK_API_NOT_JSON', 'answered 200, but not with JSON'],
  ]
  for (const [name, reply, code, message] of cases) {
    it(`is explained: ${name}`, async () => {
      server.on('GET', PATH, () => reply)
      const { code: actual, message: said } = await errorOf(open().get(PATH))
      expect(actual).toBe(code)
      expect(said).toContain(message)
    })
  }

  it.each([409, 423])('is one to try again where somebody else changes the same thing (%i)', async (status) => {
    server.on('PATCH', PATH, () => error(status, 'locked'))
    const refused = await errorOf(open().patch(PATH, { body: {} }))
    expect(refused.is('apiRefused')).toBe(true)
    expect(refused.remedy).toBe('try again in a minute')
  })

  it('names the scope that services need', async () => {
    server.on('GET', '/v2/services', () => error(403, 'Permission Denied'))
    expect((await errorOf(open().get('/v2/services'))).remedy).toContain('`admin`')
  })

  it('is explained when nobody listens', async () => {
    const unused = createServer()
    await new Promise<void>((resolve) => void unused.listen(0, '127.0.0.1', resolve))
    const { port } = unused.address() as AddressInfo
    await new Promise((resolve) => unused.close(resolve))
    const { code, message } = await errorOf(open({ apiHost: `http://127.0.0.1:${port}` }).get(PATH))
    expect(code).toBe('DEVHOOK_API_UNREACHABLE')
    expect(message).toBe(`GET ${PATH} did not reach http://127.0.0.1:${port}: ECONNREFUSED`)
  })

  it('is explained when none comes', async () => {
    server.on('POST', PATH, () => new Promise<undefined>(() => {}))
    const { code, message } = await errorOf(open({ timeoutMs: 100 }).post(PATH))
    expect(code).toBe('DEVHOOK_API_UNREACHABLE')
    expect(message).toContain('no answer within 0.1 s')
  })

  it('is cut off when it does not end', async () => {
    server.on('GET', PATH, () => ({ text: ' '.repeat(11 * 1024 * 1024) }))
    const { code, message } = await errorOf(open().get(PATH))
    expect(code).toBe('DEVHOOK_API_NOT_JSON')
    expect(message).toBe(`GET ${PATH} answered with more than 10 MiB`)
    expect(server.calls).toHaveLength(1)
  })

  it('truncates what the platform says, and takes control characters out', async () => {
    server.on('GET', PATH, () => error(404, `\u001b[31m${'x'.repeat(5_000)}`))
    const { message } = await errorOf(open().get(PATH))
    expect(message.length).toBeLessThan(300)
    expect(message).not.toContain('\u001b')
  })
})

describe('secrets', () => {
  it('never reach an error, whoever says them', async () => {
    const refreshToken = 'refresh-token-0123456789'
    const secret = 'zICWczLmAOEDvh1DiPGSHw=='
    const client = open({ tokens: { token, refreshToken } })
    client.conceal(secret)
    const echo = `${token} ${refreshToken} ${secret} https://user:pass-word@x.example/ Bearer abcdefghijk`
    for (const status of [400, 401, 403, 404, 500]) {
      server.next('PATCH', PATH, error(status, echo))
      server.next('POST', '/v2/auth/token', error(400, echo))
      const { message } = await errorOf(client.patch(PATH))
      for (const hidden of [token, refreshToken, secret, 'pass-word', 'abcdefghijk']) {
        expect(message).not.toContain(hidden)
      }
    }
  })

  it('that lie across the end of a quote are taken out before it is cut', async () => {
    const secret = 'zICWczLmAOEDvh1DiPGSHw=='
    const client = open()
    client.conceal(secret)
    for (const length of [180, 190, 199]) {
      server.next('PATCH', PATH, error(400, `${'x'.repeat(length)}${secret} ${token}`))
      const { message } = await errorOf(client.patch(PATH))
      expect(message).not.toContain(secret.slice(0, 1))
      expect(message).not.toContain('eyJ')
    }
  })

  it('that a refresh brought are kept out too', async () => {
    const client = open({ tokens: { token, refreshToken: 'first' } })
    server.on('POST', '/v2/auth/token', () => ({ status: 201, json: { token: fresh, refreshToken: 'rotated-987' } }))
    server.on('GET', PATH, () => error(401, 'jwt expired'))
    server.next('GET', PATH, error(401, 'jwt expired'), error(404, 'no rotated-987 here'))
    expect((await errorOf(client.get(PATH))).message).toContain('no [redacted] here')
  })
})

describe('repeating', () => {
  it('a GET gets through after passing failures', async () => {
    server.on('GET', PATH, () => ({ json: { id: 'b1' } }))
    for (const failure of [408, 425, 429, 500, 502, 503, 504, 521, 522, 524]) {
      server.next('GET', PATH, error(failure, 'later'), { cut: true })
      expect(await open().get(PATH)).toMatchObject({ json: { id: 'b1' } })
    }
  })

  it('gives up after four tries, waiting longer each time', async () => {
    server.on('GET', PATH, () => error(503, 'later'))
    await errorOf(open({ random: () => 1 }).get(PATH))
    expect(server.calls).toHaveLength(4)
    expect(slept).toEqual([250, 500, 1_000])
  })

  it('gives up in the time that a command has for all it does, with what the platform answered', async () => {
    let now = 0
    let free = 0
    const sleep = async (ms: number): Promise<void> => {
      now += ms
    }
    const clock = { ...MONOTONIC, now: () => now, sleep }
    const acquire = async (): Promise<void> => {
      now = Math.max(now, free)
    }
    const pause = (ms: number): void => {
      free = now + ms
    }
    const slow = { reply: error(503, 'later'), tookMs: 9_000 }
    const busy = { reply: { status: 429, json: {}, headers: { 'retry-after': '9' } }, tookMs: 0 }
    for (const { reply, tookMs } of [slow, busy]) {
      const before = server.calls.length
      server.on('GET', PATH, () => {
        now += tookMs
        return reply
      })
      now = 0
      free = 0
      expect((await errorOf(open({ clock, throttle: { acquire, pause } }).get(PATH))).is('apiFailed')).toBe(true)
      expect(server.calls.length - before).toBe(3)
      expect(now).toBeLessThan(30_000)
    }
  })

  it('does not repeat what is not passing', async () => {
    server.on('GET', PATH, () => error(404, 'no'))
    await errorOf(open().get(PATH))
    expect(server.calls).toHaveLength(1)
  })

  it('never repeats a write by itself', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      server.on(method, PATH, () => error(503, 'later'))
      server.next(method, PATH, { cut: true })
      const client = open()
      const call = (path: string, options: object) => client[NAMES[method]](path, options)
      expect((await errorOf(call(PATH, { body: {} }))).is('apiUnreachable')).toBe(true)
      expect((await errorOf(call(PATH, { body: {} }))).is('apiFailed')).toBe(true)
      expect(server.calls.filter((seen) => seen.method === method)).toHaveLength(2)
    }
  })

  it('rests as long as Retry-After says, in seconds or as a date', async () => {
    const date = Date.UTC(2026, 10, 1)
    server.on('GET', PATH, () => ({ json: {} }))
    for (const after of ['7', utc(date + 7_000)]) {
      slept = []
      server.next('GET', PATH, { status: 429, json: {}, headers: { 'retry-after': after, date: utc(date) } })
      await open({ random: () => 1 }).get(PATH)
      expect(slept).toEqual([7_000, 250])
    }
  })

  it.each([-HOUR, HOUR])(
    'counts to the date of a Retry-After by the clock of the platform, not by ours (%i ms off)',
    async (off) => {
      const now = Date.UTC(2026, 10, 1)
      server.on('GET', PATH, () => ({ json: {} }))
      const headers = { 'retry-after': utc(now + off + 7_000), date: utc(now + off) }
      server.next('GET', PATH, { status: 429, json: {}, headers })
      await open({ now: () => now, random: () => 1 }).get(PATH)
      expect(slept).toEqual([7_000, 250])
    },
  )

  it('does not wait for a rest that is too long', async () => {
    server.on('GET', PATH, () => ({ status: 429, json: {}, headers: { 'retry-after': '3600' } }))
    await errorOf(open().get(PATH))
    expect(server.calls).toHaveLength(1)
    expect(slept).toEqual([30_000])
  })

  it('ends with the signal of the caller', async () => {
    const stopped = new AbortController()
    server.on('GET', PATH, () => {
      stopped.abort(new Error('stopped'))
      return new Promise<undefined>(() => {})
    })
    await expect(open().get(PATH, { signal: stopped.signal })).rejects.toThrow('stopped')
    expect(server.calls).toHaveLength(1)
  })
})

describe('a refused token', () => {
  const refreshed = { status: 201, json: { token: fresh, refreshToken: 'second' } } as const

  const needFresh = (status: number, message: string): void =>
    void server.on('GET', PATH, ({ headers }) =>
      headers.authorization === `Bearer ${fresh}` ? { json: {} } : error(status, message),
    )

  it('is renewed once, for everybody, and the call goes out again', async () => {
    needFresh(401, 'jwt expired')
    server.on('POST', '/v2/auth/token', () => refreshed)
    const told: TokenPair[] = []
    const client = open({
      tokens: { token, refreshToken: 'first', onTokens: (tokens) => void told.push(tokens) },
    })
    await Promise.all(Array.from({ length: 10 }, () => client.get(PATH)))
    const asked = server.calls.filter(({ path }) => path === '/v2/auth/token')
    expect(asked.map(({ body }) => body)).toEqual([{ clientId: 'bot+b1@web1on1.chat', refreshToken: 'first' }])
    expect(asked[0]?.headers.authorization).toBeUndefined()
    expect(told).toEqual([{ token: fresh, refreshToken: 'second' }])
  })

  it('is renewed too when the platform says so with 403', async () => {
    needFresh(403, 'invalid token')
    server.on('POST', '/v2/auth/token', () => refreshed)
    await open({ tokens: { token, refreshToken: 'first' } }).get(PATH)
  })

  it('is renewed after any 403 once it has expired', async () => {
    const now = Date.now()
    const old = makeToken({ _id: 'b1', exp: (now + HOUR) / 1_000 })
    server.on('GET', PATH, ({ headers }) =>
      headers.authorization === `Bearer ${fresh}`
        ? { json: {} }
        : { ...error(403, 'Permission Denied'), headers: { date: utc(now + 2 * HOUR) } },
    )
    server.on('POST', '/v2/auth/token', () => refreshed)
    await open({ tokens: { token: old, refreshToken: 'first' }, now: () => now }).get(PATH)
  })

  it('is one that the platform has refused: that the clock of this machine says so does not count', async () => {
    const token = makeToken({ _id: 'b1', exp: Date.now() / 1_000 + 3_600 })
    server.on('GET', PATH, () => ({ json: { id: 'b1' } }))
    server.on('POST', '/v2/auth/token', () => error(400, 'it was used already'))
    for (const refreshToken of [null, 'first']) {
      const client = open({ tokens: { token, refreshToken }, now: () => Date.now() + 48 * HOUR })
      expect(await client.get(PATH)).toMatchObject({ json: { id: 'b1' } })
    }
  })

  it('has expired by the clock of the platform, which is said where there is no refresh token', async () => {
    const now = Date.now()
    const old = makeToken({ _id: 'b1', exp: (now - HOUR) / 1_000 })
    for (const status of [401, 403]) {
      server.on('GET', PATH, () => error(status, 'Permission Denied'))
      const problem = await errorOf(open({ tokens: { token: old }, now: () => now - 2 * HOUR }).get(PATH))
      expect(problem).toMatchObject({ code: 'DEVHOOK_CREDENTIALS_REFUSED' })
      expect(problem.message).toBe('the access token has expired, and there is no refresh token')
    }
  })

  it('is not renewed for a permission that is missing', async () => {
    needFresh(403, 'Permission Denied')
    await errorOf(open({ tokens: { token, refreshToken: 'first' } }).get(PATH))
    expect(server.trace()).toEqual([`GET ${PATH}`])
  })

  it('sends a POST again too, as the platform did nothing with it', async () => {
    server.on('POST', PATH, ({ headers }) =>
      headers.authorization === `Bearer ${fresh}` ? { status: 201, json: {} } : error(401, 'jwt expired'),
    )
    server.on('POST', '/v2/auth/token', () => refreshed)
    expect(await open({ tokens: { token, refreshToken: 'first' } }).post(PATH)).toMatchObject({ status: 201 })
  })

  it('is final when the new one is refused as well', async () => {
    server.on('GET', PATH, () => error(401, 'jwt expired'))
    server.on('POST', '/v2/auth/token', () => refreshed)
    const problem = await errorOf(open({ tokens: { token, refreshToken: 'first' } }).get(PATH))
    expect(problem.is('credentialsRefused')).toBe(true)
    expect(server.trace()).toEqual([`GET ${PATH}`, 'POST /v2/auth/token', `GET ${PATH}`])
  })

  it('is final when the refresh is refused, with any status: nothing loops', async () => {
    server.on('GET', PATH, () => error(401, 'jwt expired'))
    for (const status of [400, 401, 403]) {
      server.on('POST', '/v2/auth/token', () => error(status, 'jwt expired'))
      const client = open({ tokens: { token, refreshToken: 'first' } })
      for (const _ of [1, 2, 3]) expect((await errorOf(client.get(PATH))).is('credentialsRefused')).toBe(true)
    }
    expect(server.calls.filter(({ method }) => method === 'POST')).toHaveLength(3)
  })
})
