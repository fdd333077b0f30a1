// What a probe finds at a URL.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createHookAddress } from '../../src/core/hook-url.ts'
import type { Proxies } from '../../src/core/http/proxy.ts'
import { createProbe, type ProbeResult, probe } from '../../src/tunnel/probe.ts'
import { connectProxyForTest } from '../support/network/connect-proxy.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

const never = new AbortController().signal

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const challengeOf = (request: IncomingMessage): string =>
  new URL(request.url ?? '', 'http://gateway').searchParams.get('challenge') ?? ''

const missed = (result: ProbeResult): string => (result.answered ? 'answered' : result.reason)

describe('a dev-hook that answers', () => {
  it('is recognised by the challenge that it echoes, and gives its name', async () => {
    const url = await serve((request, response) => {
      response.setHeader('x-dev-hook', 'jo@desk pid 7').end(challengeOf(request))
    })
    expect(await probe(`${url}/hook`, never)).toEqual({ answered: true, who: 'jo@desk pid 7' })
  })

  it('need not give its name', async () => {
    const url = await serve((request, response) => response.end(challengeOf(request)))
    expect(await probe(url, never)).toEqual({ answered: true, who: null })
  })

  it('is asked as the platform asks, with the credentials of the URL, and never twice with the same challenge', async () => {
    const seen: IncomingMessage[] = []
    const url = await serve((request, response) => {
      seen.push(request)
      response.end(challengeOf(request))
    })
    const address = { ...createHookAddress(), password: 'a:b/c d' }
    const ask = createProbe(address)
    await ask(url, never)
    await ask(url, never)
    const [first, second] = seen
    expect(first?.method).toBe('GET')
    expect(first?.url).toMatch(new RegExp(`^${address.path}\\?type=subscribe&challenge=[0-9a-f]{32}$`))
    expect(first?.url).not.toBe(second?.url)
    expect(first?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('dev-hook:a:b/c d').toString('base64')}`,
      'user-agent': 'dev-hook',
      'ngrok-skip-browser-warning': '1',
    })
  })
})

describe('a probe is missed when', () => {
  it('something else answers', async () => {
    const url = await serve((_, response) => response.end('<h1>welcome</h1>'))
    expect(missed(await probe(url, never))).toBe('something else answers there')
  })

  it('the answer is the challenge and more', async () => {
    const url = await serve((request, response) => response.end(`${challengeOf(request)}\n`))
    expect(missed(await probe(url, never))).toBe('something else answers there')
  })

  it('the answer is the challenge with another status', async () => {
    const url = await serve((request, response) => response.writeHead(401).end(challengeOf(request)))
    expect(missed(await probe(url, never))).toBe('status 401')
  })

  it('ngrok answers in its place', async () => {
    const url = await serve((_, response) => response.writeHead(404, { 'ngrok-error-code': 'ERR_NGROK_3200' }).end())
    expect(missed(await probe(url, never))).toBe('status 404 (ERR_NGROK_3200)')
  })

  it('it is redirected, which it does not follow', async () => {
    const elsewhere: string[] = []
    const target = await serve((request, response) => {
      elsewhere.push(request.url ?? '')
      response.end(challengeOf(request))
    })
    const url = await serve((request, response) => {
      response.writeHead(302, { location: `${target}${request.url}` }).end()
    })
    expect(missed(await probe(url, never))).toBe('status 302')
    expect(elsewhere).toEqual([])
  })

  it('the answer is endless, of which only the beginning is read', async () => {
    const url = await serve((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      }
      response.on('drain', pour)
      pour()
    })
    expect(missed(await probe(url, never, { timeoutMs: 20_000 }))).toBe('something else answers there')
  })

  it('nothing listens', async () => {
    const url = await serve(() => {})
    for (const clean of cleanups.splice(0)) clean()
    expect(missed(await probe(url, never))).toContain('ECONNREFUSED')
  })

  it('there is no answer in time', async () => {
    const url = await serve(() => {})
    expect(missed(await probe(url, never, { timeoutMs: 100 }))).toBe('no answer within 100ms')
  })

  it('there is no end of the answer in time', async () => {
    const url = await serve((_, response) => void response.write('x'))
    expect(missed(await probe(url, never, { timeoutMs: 100 }))).toBe('no answer within 100ms')
  })

  it('TLS is not answered in time', async () => {
    const silent = createTcpServer((socket) => void cleanups.push(() => socket.destroy())).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    cleanups.push(() => silent.close())
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    expect(missed(await probe(url, never, { timeoutMs: 100 }))).toBe('no answer within 100ms')
  })

  it('the URL is not valid, and the reason does not reveal its credentials', async () => {
    expect(missed(await probe('not a url', never))).toBe('Invalid URL')
    const url = await serve(() => {})
    for (const clean of cleanups.splice(0)) clean()
    expect(missed(await probe(url.replace('//', '//user:hush-hush@'), never))).not.toContain('hush')
  })
})

it('a probe that is aborted while it connects rejects at once', async () => {
  const ending = new AbortController()
  const connected = createTcpServer((socket) => {
    cleanups.push(() => socket.destroy())
    ending.abort(new Error('enough'))
  }).listen(0, '127.0.0.1')
  await once(connected, 'listening')
  cleanups.push(() => connected.close())
  const url = `https://127.0.0.1:${(connected.address() as AddressInfo).port}`
  // An hour: only the abort can end it within the time of a test.
  await expect(probe(url, ending.signal, { timeoutMs: 3_600_000 })).rejects.toThrow('enough')
})

it('a probe that is aborted rejects with the reason, and finds nothing', async () => {
  const ending = new AbortController()
  const url = await serve(() => ending.abort(new Error('enough')))
  await expect(probe(url, ending.signal)).rejects.toThrow('enough')
  await expect(probe(url, ending.signal)).rejects.toThrow('enough')
})

describe('a probe through an HTTP proxy', () => {
  const through = (https: string | null, http: string | null = https): Proxies => ({ http, https, except: [] })

  it('reaches a URL that cannot be reached without it', async () => {
    const url = await serve((request, response) => response.end(challengeOf(request)))
    const proxy = await connectProxyForTest({ leads: { 'bot.example.test:80': Number(new URL(url).port) } })
    const asked = probe('http://bot.example.test/hook', never, { proxies: through(proxy.url) })
    expect(await asked).toEqual({ answered: true, who: null })
    expect(proxy.asked).toEqual(['bot.example.test:80'])
  })

  it('is not taken for a URL on this machine', async () => {
    const url = await serve((request, response) => response.end(challengeOf(request)))
    const proxy = await connectProxyForTest({ leads: {} })
    expect(await probe(url, never, { proxies: through(proxy.url) })).toMatchObject({ answered: true })
    expect(proxy.asked).toEqual([])
  })

  it('is missed when the proxy refuses, is silent, is not there, or has no URL', async () => {
    const refusing = await connectProxyForTest({ leads: {} })
    const silent = await connectProxyForTest({ leads: {}, silent: true })
    const ask = async (proxy: string) =>
      missed(await probe('https://bot.example.test/', never, { proxies: through(proxy), timeoutMs: 500 }))
    expect(await ask(refusing.url)).toContain('502')
    expect(await ask(silent.url)).toBe('no answer within 500ms')
    expect(await ask('http://127.0.0.1:1')).toContain('ECONNREFUSED')
    expect(await ask('http://')).toContain('Invalid URL')
  })
})
