import { describe, expect, it, onTestFinished } from 'vitest'
import { MONOTONIC } from '../../../src/core/async.ts'
import { type Client, createClient } from '../../../src/platform/api/client.ts'
import { type ConnectProxyOptions, connectProxyForTest } from '../../support/network/connect-proxy.ts'
import { tlsFrontForTest } from '../../support/network/networks.ts'
import { startScriptedApi } from '../../support/platform/scripted-api.ts'

const API = 'http://api.example.test'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJfaWQiOiI1YjQzIn0.c2lnbmF0dXJl'

/** The API behind a proxy: its name leads nowhere but through it. */
async function apiBehindProxy(options: Partial<ConnectProxyOptions> = {}) {
  const server = await startScriptedApi()
  onTestFinished(() => server.close())
  server.on('GET', '/v2/bots/b1', () => ({ json: { _id: 'b1' } }))
  const proxy = await connectProxyForTest({
    leads: { 'api.example.test:80': Number(new URL(server.url).port) },
    ...options,
  })
  return { server, proxy }
}

function clientThrough(proxy: string, timeoutMs = 10_000): Client {
  const client = createClient({
    apiHost: API,
    proxy,
    timeoutMs,
    userAgent: 'test',
    tokens: { token: TOKEN, refreshToken: null, email: null },
    clock: { ...MONOTONIC, sleep: async () => {} },
  })
  onTestFinished(() => client.close())
  return client
}

describe('The API behind an HTTP proxy', () => {
  it('is called through it, over connections that are used again', async () => {
    const { server, proxy } = await apiBehindProxy()
    const client = clientThrough(proxy.url)
    expect((await client.get('/v2/bots/b1')).json).toEqual({ _id: 'b1' })
    for (let i = 0; i < 5; i++) await client.get('/v2/bots/b1')
    expect(proxy.asked.length).toBeLessThan(6)
    expect(new Set(proxy.asked)).toEqual(new Set(['api.example.test:80']))
    expect(new Set(server.calls.map(({ headers }) => headers.host))).toEqual(new Set(['api.example.test']))
  })

  it('is called with the user and the password of the proxy, which the API never sees', async () => {
    const { server, proxy } = await apiBehindProxy({ credentials: 'jo:s3cret' })
    await clientThrough(proxy.url).get('/v2/bots/b1')
    expect(server.calls[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('cannot be reached without them, which is said with the name of the proxy and without its password', async () => {
    const { proxy } = await apiBehindProxy({ credentials: 'jo:s3cret' })
    const wrong = proxy.url.replace('s3cret', 'wr0ng')
    await expect(clientThrough(wrong).get('/v2/bots/b1')).rejects.toMatchObject({
      code: 'DEVHOOK_API_UNREACHABLE',
      message: expect.stringMatching(/through the proxy http:\/\/127\.0\.0\.1:\d+\/: .*407/),
      remedy: expect.stringContaining('HTTPS_PROXY'),
    })
    await expect(clientThrough(wrong).get('/v2/bots/b1')).rejects.not.toMatchObject({
      message: expect.stringContaining('wr0ng'),
    })
  })

  it.each([
    ['is not there', 'http://127.0.0.1:1', /through the proxy/],
    ['has no URL', 'http://', /ERR_INVALID_URL/],
  ])('is not reached when the proxy %s', async (_, proxy, message) => {
    await expect(clientThrough(proxy).get('/v2/bots/b1')).rejects.toMatchObject({
      code: 'DEVHOOK_API_UNREACHABLE',
      message: expect.stringMatching(message),
    })
  })

  it('is given up when the proxy never answers', async () => {
    const { proxy } = await apiBehindProxy({ silent: true })
    const client = clientThrough(proxy.url, 200)
    await expect(client.post('/v2/services')).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 0.2 s'),
    })
  })

  it('is given up when the caller leaves while the proxy is silent', async () => {
    const { proxy } = await apiBehindProxy({ silent: true })
    const leave = new AbortController()
    const call = clientThrough(proxy.url).get('/v2/bots/b1', { signal: leave.signal })
    leave.abort(new Error('left'))
    await expect(call).rejects.toThrow('left')
  })

  it('needs the CA of the network, where that opens TLS', async () => {
    const server = await startScriptedApi()
    onTestFinished(() => server.close())
    const { port } = await tlsFrontForTest('localhost', Number(new URL(server.url).port))
    const client = createClient({
      apiHost: `https://localhost:${port}`,
      userAgent: 'test',
      tokens: { token: TOKEN, refreshToken: null, email: null },
      clock: { ...MONOTONIC, sleep: async () => {} },
    })
    onTestFinished(() => client.close())
    await expect(client.get('/v2/bots/b1')).rejects.toMatchObject({
      code: 'DEVHOOK_API_UNREACHABLE',
      remedy: 'point NODE_EXTRA_CA_CERTS to the CA of your network',
    })
  })
})
