// How the sandbox delivers events: which bytes, to whom, how often.

import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { generate } from 'selfsigned'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headerOf } from '../../../src/core/http/raw-headers.ts'
import { textIn } from '../../../src/core/json.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { pushBounded } from '../../../src/sandbox/bounds.ts'
import { getIn } from '../../../src/sandbox/json-path.ts'
import { createExample } from '../../support/examples.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

describe('Deliveries of the sandbox', () => {
  it('a delivery is signed over the very bytes that are sent', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: `${bot.url}/hook?x=1`, secret: 'schlüssel ==' } })
    const jenny = await sandbox.contact({ name: 'Jenny Müller 🙂' })
    jenny.send('tschüß \u2028 "quoted" \\ 你好')
    const [delivery] = await bot.waitFor(1)
    const { rawHeaders = [], body = Buffer.alloc(0) } = delivery ?? {}
    expect(delivery?.url).toBe('/hook?x=1')
    expect(checkSignature(rawHeaders, body, 'schlüssel ==')).toBe('right')
    expect(headerOf(rawHeaders, 'x-hub-signature')).toBe(sign(body, 'schlüssel =='))
    expect(headerOf(rawHeaders, 'content-type')).toBe('application/json')
    expect(headerOf(rawHeaders, 'content-length')).toBe(String(body.length))
    expect(JSON.parse(body.toString())).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'message.create.contact.chat',
      organization: sandbox.organizationId,
      activity: { type: 'Create', summary: 'User Jenny Müller 🙂 created a chat message' },
      data: {
        conversation: { id: jenny.conversation, participants: [{ user: sandbox.botId }] },
        message: { conversation: jenny.conversation, role: 'contact', text: 'tschüß \u2028 "quoted" \\ 你好' },
        links: { conversation: `${sandbox.api}/v2/conversations/${jenny.conversation}` },
      },
    })
  })

  it('credentials in the URL become basic authentication and never show', async () => {
    const bot = await recordingBotForTest()
    const url = new URL('/hook', bot.url)
    url.username = 'us er'
    url.password = 'p%40ss%25'
    const sandbox = await sandboxForTest({ registered: { url: url.href } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const [delivery] = await bot.waitFor(1)
    expect(delivery?.url).toBe('/hook')
    const basic = `Basic ${Buffer.from('us er:p@ss%').toString('base64')}`
    expect(headerOf(delivery?.rawHeaders ?? [], 'authorization')).toBe(basic)
    expect(sandbox.deliveries[0]?.origin).toBe(bot.url)
  })

  it('a failing target is tried again with the same bytes and growing waits until it succeeds', async () => {
    const bot = await recordingBotForTest({
      answer: (_, n) =>
        n === 1
          ? { status: 500 }
          : n === 2
            ? 'drop'
            : n === 3
              ? { status: 302, headers: { location: '/elsewhere' } }
              : { status: 204 },
    })
    const sandbox = await sandboxForTest({
      registered: { url: bot.url },
      retry: { firstMs: 40, factor: 3, maxMs: 150, forMs: 60_000 },
    })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const requests = await bot.waitFor(4)
    await expect.poll(() => sandbox.deliveries[0]?.state).toBe('delivered')
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1)
    expect(new Set(requests.map(({ rawHeaders }) => headerOf(rawHeaders, 'x-hub-signature'))).size).toBe(1)
    expect(requests.every(({ url }) => url === '/')).toBe(true)
    const attempts = sandbox.deliveries[0]?.attempts ?? []
    expect(attempts.map(({ status }) => status)).toEqual([500, null, 302, 204])
    const gaps = attempts.slice(1).map(({ at }, i) => at - (attempts[i]?.at ?? 0))
    expect(gaps[0]).toBeGreaterThanOrEqual(39)
    expect(gaps[1]).toBeGreaterThanOrEqual(119)
    expect(gaps[2]).toBeGreaterThanOrEqual(149)
  })

  it('a target that does not answer in time has failed, and is tried again', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => (n === 1 ? 'hang' : {}) })
    const sandbox = await sandboxForTest({ registered: { url: bot.url }, timeoutMs: 300 })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await expect.poll(() => sandbox.deliveries[0]?.state).toBe('delivered')
    expect(sandbox.deliveries[0]?.attempts[0]).toMatchObject({ status: null, error: 'no answer within 300 ms' })
  })

  it('a delivery is given up when its time is over', async () => {
    const bot = await recordingBotForTest({ answer: { status: 410 } })
    const sandbox = await sandboxForTest({ registered: { url: bot.url }, retry: { firstMs: 10, factor: 1, forMs: 35 } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await expect.poll(() => sandbox.deliveries[0]?.state).toBe('given-up')
    const tried = bot.deliveries().length
    expect(tried).toBeGreaterThanOrEqual(1)
    expect(sandbox.deliveries[0]?.attempts.length).toBe(tried)
  })

  it('only active webhooks whose patterns cover the event hear it', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: `${bot.url}/own`, events: ['message.create.*.chat'] } })
    const service = (path: string, events?: readonly string[]) =>
      callApi(sandbox, 'POST', '/v2/services', {
        name: path,
        type: 'webhook',
        params: { url: `${bot.url}${path}`, ...(events ? { events } : {}) },
      })
    await service('/everything')
    await service('/users', ['user.*'])
    await service('/updates', ['*.update'])
    const stopped = await service('/stopped')
    await callApi(sandbox, 'PATCH', `/v2/services/${String(getIn(stopped.body, ['id']))}`, { status: 'paused' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await callApi(sandbox, 'PATCH', `/v2/conversations/${jenny.conversation}`, { name: 'Renamed' })

    await bot.waitFor(8)
    await expect.poll(() => sandbox.deliveries.every(({ state }) => state === 'delivered')).toBe(true)
    const payloads = bot.deliveries().map(({ url, body }) => ({ url, ...JSON.parse(body.toString()) }))
    // Of the services that came before there are events, too.
    const heard = payloads.map(({ url, event }) => `${url} ${event}`).filter((one) => !one.includes(' service.'))
    expect(heard.toSorted()).toEqual([
      '/everything contact.create',
      '/everything contact.update',
      '/everything conversation.create',
      '/everything conversation.update',
      '/everything message.create.contact.chat',
      '/own message.create.contact.chat',
      '/updates contact.update',
      '/updates conversation.update',
    ])
    const ids = bot.deliveries().map(({ body }) => JSON.parse(body.toString()).id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('what the bot says is delivered too, with the role bot', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await callApi(sandbox, 'POST', `/v2/conversations/${jenny.conversation}/messages`, { text: 'me again' })
    const [delivery] = await bot.waitFor(1)
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      event: 'message.create.contact.chat',
      data: { message: { role: 'bot', user: sandbox.botId, text: 'me again' } },
    })
  })

  it('a slow answer does not keep later events waiting', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => (n === 1 ? 'hang' : {}) })
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    for (const text of ['one', 'two', 'three']) jenny.send(text)
    await bot.waitFor(3)
    await expect.poll(() => sandbox.deliveries.map(({ state }) => state)).toContain('delivered')
  })

  it('the bot in production at example.com answers without any network', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await expect
      .poll(() => sandbox.deliveries[0])
      .toMatchObject({
        origin: 'https://bots.example.com',
        state: 'delivered',
        attempts: [{ status: 200 }],
      })
  })

  it('listeners hear of messages and attempts until they are taken off', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => ({ status: n === 1 ? 500 : 200 }) })
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const heard: string[] = []
    const off = sandbox.on((notice) => {
      if (notice.type === 'message') heard.push(notice.message.text)
      if (notice.type === 'delivery') heard.push(`${notice.delivery.attempts.at(-1)?.status}`)
    })
    jenny.send('hi')
    await expect.poll(() => heard).toEqual(['hi', '500', '200'])
    off()
    jenny.send('unheard')
    await bot.waitFor(3)
    expect(heard).toHaveLength(3)
  })

  it('closing ends deliveries, retries and open connections', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => (n === 1 ? { status: 500 } : 'hang') })
    const sandbox = await sandboxForTest({ registered: { url: bot.url }, retry: { firstMs: 60_000, maxMs: 60_000 } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('fails')
    await bot.waitFor(1)
    jenny.send('hangs')
    await bot.waitFor(2)
    const idle = request(sandbox.api, { method: 'POST', headers: { 'content-length': '100' } })
    const cut = new Promise<void>((resolve) => void idle.on('error', () => resolve()).on('close', resolve))
    idle.write('half')
    await sandbox.close()
    await cut
    await sandbox.close()
    expect(bot.deliveries()).toHaveLength(2)
    await expect(fetch(sandbox.api)).rejects.toThrow()
  })

  it('a webhook behind a private certificate authority is trusted when its PEM is given', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const server = createServer({ key, cert }, (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'https://localhost')
      request.resume().on('end', () => response.end(searchParams.get('challenge')))
    })
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const url = `https://localhost:${typeof address === 'object' ? address?.port : ''}/`

    const trusting = await sandboxForTest({ ca: cert })
    await trusting.changeRegistration({ url })
    expect(trusting.registration()).toMatchObject({ status: 'active' })
    const jenny = await trusting.contact({ name: 'Jenny' })
    jenny.send('hi')
    await expect.poll(() => trusting.deliveries[0]?.state).toBe('delivered')

    const careful = await sandboxForTest()
    await careful.changeRegistration({ url })
    expect(careful.registration()).toMatchObject({ status: 'unverified' })
  })

  it('any event can be emitted, with a conversation that the bot can answer in', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['message.create.agent.command'] } })
    const context = sandbox.templateContext()
    const payload = await createExample('message.create.agent.command', { context })
    expect(sandbox.emit(payload)).toMatchObject([
      { id: payload.id, event: payload.event, message: textIn(payload.data['message'], 'id') },
    ])
    const [delivery] = await bot.waitFor(1)
    expect(JSON.parse(String(delivery?.body))).toEqual(JSON.parse(JSON.stringify(payload)))
    const path = `/v2/conversations/${context.conversation}/messages`
    expect(await callApi(sandbox, 'POST', path, { text: 'at your service' })).toMatchObject({ status: 201 })
  })

  it('what is remembered has a bound, and the oldest goes first', () => {
    const list: number[] = []
    for (let n = 0; n < 5; n++) pushBounded(list, n, 3)
    expect(list).toEqual([2, 3, 4])
  })
})
