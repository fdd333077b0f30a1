// The emulated API as its clients see it: access, limits, lists, documents, faults.

import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { createRequestLimit } from '../../src/sandbox/access/rate-limit.ts'
import { getIn } from '../../src/sandbox/json-path.ts'
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { callApi, sandboxForTest } from '../support/platform/sandboxes.ts'

/** As much of the SDK as these tests call. */
interface Sdk {
  readonly messages: { list(query: Readonly<Record<string, unknown>>): Promise<readonly { readonly text: string }[]> }
  readonly users: { get(id: string): Promise<unknown> }
  readonly conversations: { create(body: unknown): Promise<{ readonly id: string }> }
  readonly contacts: { delete(id: string): Promise<unknown> }
  readonly botinstances: { list(query: unknown): Promise<readonly unknown[]> }
}
const ChipChat: new (options: Readonly<Record<string, unknown>>) => Sdk = createRequire(import.meta.url)('chipchat')

const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

const refresh = async (sandbox: Sandbox, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${sandbox.api}/v2/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: JSON.parse(await response.text()) as unknown }
}

describe('The API of the sandbox', () => {
  it('tokens carry the documented claims', async () => {
    const sandbox = await sandboxForTest()
    const { botId: _id, organizationId: organization } = sandbox
    const common = { _id, organization, scope: 'guest agent bot admin', iat: expect.any(Number) }
    expect(claimsOf(sandbox.token)).toMatchObject({ ...common, grant_type: 'access_token' })
    expect(claimsOf(sandbox.token)).not.toHaveProperty('exp')
    expect(claimsOf(sandbox.refreshToken)).toMatchObject({ ...common, grant_type: 'refresh_token' })
  })

  it('a refresh token gets a new access token, whatever the Authorization header says', async () => {
    const sandbox = await sandboxForTest({ tokenLifetimeMs: 60_000 })
    sandbox.expireTokens()
    const grant = { clientId: sandbox.email, refreshToken: sandbox.refreshToken }
    const { status, body } = await refresh(sandbox, grant, { authorization: `Bearer ${sandbox.token}` })
    expect(status).toBe(201)
    expect(body).toMatchObject({ tokenType: 'Bearer', user: sandbox.botId, organization: sandbox.organizationId })
    const token = String(getIn(body, ['token']))
    expect(getIn(claimsOf(token), ['exp'])).toBeGreaterThan(Date.now() / 1_000)
    expect(await callApi({ api: sandbox.api, token }, 'GET', `/v2/users/${sandbox.botId}`)).toMatchObject({
      status: 200,
    })
    expect(await callApi(sandbox, 'GET', '/v2/users')).toMatchObject({
      status: 401,
      body: { error: { message: 'jwt expired' } },
    })
  })

  it('a refused refresh is never the answer that makes an SDK refresh again', async () => {
    const sandbox = await sandboxForTest()
    const { email: clientId, token, refreshToken } = sandbox
    const grants = [
      {},
      { clientId },
      { clientId, refreshToken: 'nonsense' },
      { clientId, refreshToken: token },
      { clientId: 'bot+other@web1on1.chat', refreshToken },
      { email: 'jeff@example.com', password: 'x' },
    ]
    for (const grant of grants) {
      const { status, body } = await refresh(sandbox, grant)
      expect([400, 403]).toContain(status)
      expect(getIn(body, ['error', 'message'])).not.toMatch(/jwt expired|invalid signature|invalid token/i)
    }
  })

  it('a bad access token is told what is wrong with it', async () => {
    const [sandbox, other] = await Promise.all([sandboxForTest(), sandboxForTest()])
    const [head = '', body = ''] = sandbox.token.split('.')
    const forged = `${head}.${body}.${other.token.split('.')[2]}`
    const faults = [
      ['', 'invalid token'],
      ['nonsense', 'invalid token'],
      [sandbox.refreshToken, 'invalid token'],
      [forged, 'invalid signature'],
      [other.token, 'invalid signature'],
    ] as const
    for (const [token, message] of faults) {
      const answer = await callApi({ api: sandbox.api, token }, 'GET', '/v2/users')
      expect(answer).toMatchObject({ status: 401, body: { error: { message } } })
    }
    const short = await sandboxForTest({ tokenLifetimeMs: 1 })
    await expect
      .poll(async () => (await callApi(short, 'GET', '/v2/users')).body)
      .toMatchObject({
        error: { message: 'jwt expired' },
      })
  })

  it('services, and the creation of users, need the admin scope', async () => {
    const sandbox = await sandboxForTest({ scope: 'bot' })
    for (const [method, path] of [
      ['GET', '/v2/services'],
      ['GET', '/v2/services/1'],
      ['POST', '/v2/services'],
      ['PATCH', '/v2/services/1'],
      ['DELETE', '/v2/services/1'],
      ['POST', '/v2/users'],
    ] as const) {
      const answer = await callApi(sandbox, method, path, method === 'GET' ? undefined : {})
      expect(answer).toMatchObject({ status: 403, body: { error: { message: expect.stringContaining('admin') } } })
    }
    expect(await callApi(sandbox, 'GET', '/v2/users')).toMatchObject({ status: 200 })
  })

  it('more requests than the limit are answered 429 with Retry-After', async () => {
    const sandbox = await sandboxForTest({ rateLimit: 0 })
    const answer = await callApi(sandbox, 'GET', '/v2/users')
    expect(answer).toMatchObject({ status: 429, body: { error: { message: 'Rate limit exceeded' } } })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  it('the limit counts per key and per second', () => {
    let now = 0
    const limit = createRequestLimit(2, () => now)
    expect([limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([0, 0, 0])
    now = 400
    expect([limit.take('a'), limit.take('b')]).toEqual([600, 0])
    now = 1_000
    expect(limit.take('a')).toBe(0)
  })

  it('the SDK reads a long list part by part, following Link', async () => {
    const sandbox = await sandboxForTest()
    const bot = new ChipChat({ token: sandbox.token, host: sandbox.api })
    const texts = Array.from({ length: 25 }, (_, n) => `message ${n}`)
    const { id } = await bot.conversations.create({ name: 'Long', messages: texts.map((text) => ({ text })) })
    const listed = await bot.messages.list({ conversation: id, pagination: { limit: 10, backoff: 1 } })
    expect(listed.map(({ text }) => text)).toEqual(texts)
    const lists = sandbox.calls.filter(({ path }) => path.startsWith('/v2/messages'))
    expect(lists.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('offset'))).toEqual(['0', '10', '20'])

    const found = await bot.messages.list({ conversation: id, text: '~MESSAGE 2', sort: '-text', limit: 2 })
    expect(found.map(({ text }) => text)).toEqual(['message 24', 'message 23'])
    expect(
      await bot.botinstances.list({ organization: ['x', sandbox.organizationId], bot: sandbox.botId }),
    ).toHaveLength(1)
  })

  it('the SDK reads its own user and deletes with an empty answer', async () => {
    const sandbox = await sandboxForTest()
    const bot = new ChipChat({ token: sandbox.token, host: sandbox.api })
    expect(await bot.users.get(sandbox.botId)).toMatchObject({ id: sandbox.botId, email: sandbox.email })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    expect(await bot.contacts.delete(jenny.id)).toBe('')
  })

  it('Link is absolute, keeps the filters, and is missing on the last part', async () => {
    const sandbox = await sandboxForTest()
    const first = await callApi(sandbox, 'GET', '/v2/users?status=active&limit=1')
    expect(first.body).toHaveLength(1)
    expect(first.headers.get('link')).toBe(`<${sandbox.api}/v2/users?status=active&limit=1&offset=1>; rel="next"`)
    const last = await callApi(sandbox, 'GET', '/v2/users?status=active&limit=1&offset=2')
    expect(last.body).toHaveLength(1)
    expect(last.headers.get('link')).toBeNull()
  })

  it('documents are selected and populated on request', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const path = `/v2/conversations/${jenny.conversation}?populate=contact,messages,nothing&select=contact,messages`
    const { body } = await callApi(sandbox, 'GET', path)
    expect(body).toMatchObject({ id: jenny.conversation, contact: { name: 'Jenny' }, messages: [{ text: 'hi' }] })
    expect(body).not.toHaveProperty('participants')
  })

  it('lists of messages, and of conversations by meta, need one of the indexed filters', async () => {
    const sandbox = await sandboxForTest()
    expect(await callApi(sandbox, 'GET', '/v2/messages?text=hi')).toMatchObject({ status: 400 })
    expect(await callApi(sandbox, 'GET', '/v2/messages?role=bot')).toMatchObject({ status: 200 })
    expect(await callApi(sandbox, 'GET', '/v2/conversations')).toMatchObject({ status: 200 })
    expect(await callApi(sandbox, 'GET', '/v2/conversations?meta.a=1')).toMatchObject({ status: 400 })
    expect(await callApi(sandbox, 'GET', '/v2/conversations?meta.a=1&status=active')).toMatchObject({ status: 200 })
  })

  it('messages are read, changed and deleted', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const { id } = jenny.send('hi')
    const path = `/v2/messages/${id}`
    expect(await callApi(sandbox, 'PATCH', path, { text: 'hello' })).toMatchObject({
      status: 200,
      body: { text: 'hello' },
    })
    expect(await callApi(sandbox, 'GET', path)).toMatchObject({ body: { id, text: 'hello', role: 'contact' } })
    expect(await callApi(sandbox, 'PATCH', path, { meta: 'text' })).toMatchObject({ status: 400 })
    expect(await callApi(sandbox, 'DELETE', path)).toMatchObject({ status: 204 })
    expect(await callApi(sandbox, 'GET', path)).toMatchObject({ status: 404 })
    expect(jenny.messages).toEqual([])
  })

  it('what is malformed is refused in the documented shape, and changes nothing', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const posting = `/v2/conversations/${jenny.conversation}/messages`
    for (const [method, path, body, status] of [
      ['POST', posting, { text: 5 }, 400],
      ['POST', posting, { text: 'x', role: 'ghost' }, 400],
      ['POST', posting, [{ text: 'fine' }, 'no object'], 400],
      ['POST', posting, 'no object', 400],
      ['POST', '/v2/conversations/unknown/messages', { text: 'x' }, 404],
      ['PATCH', `/v2/conversations/${jenny.conversation}`, { participants: [1] }, 400],
      ['GET', '/v2/nothing', undefined, 404],
      ['PUT', '/v2/users/1', {}, 404],
    ] as const) {
      const answer = await callApi(sandbox, method, path, body)
      expect(answer).toMatchObject({ status, body: { error: { message: expect.any(String) } } })
    }
    const broken = await fetch(`${sandbox.api}${posting}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: '{"text":',
    })
    expect(broken.status).toBe(400)
    expect(jenny.messages).toEqual([])
  })

  it('calls are recorded without tokens', async () => {
    const sandbox = await sandboxForTest()
    await callApi(sandbox, 'GET', '/v2/users?select=name')
    await callApi(sandbox, 'GET', '/v2/users/unknown')
    await expect
      .poll(() => sandbox.calls)
      .toMatchObject([
        { method: 'GET', path: '/v2/users?select=name', status: 200 },
        { method: 'GET', path: '/v2/users/unknown', status: 404 },
      ])
    expect(JSON.stringify(sandbox.calls)).not.toContain('eyJ')
  })

  it('a port in use is said so', async () => {
    const sandbox = await sandboxForTest()
    await expect(openSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'DEVHOOK_PORT_TAKEN' })
  })
})
