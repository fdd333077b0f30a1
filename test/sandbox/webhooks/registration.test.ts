// How webhooks are saved and verified, wherever they sit.

import { describe, expect, it } from 'vitest'
import { headerOf } from '../../../src/core/http/raw-headers.ts'

import { getIn } from '../../../src/sandbox/json-path.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { PLACE_NAMES } from '../../../src/sandbox/webhooks/locations.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

const PRODUCTION = {
  url: 'https://bots.example.com/hook',
  events: ['message.create.*'],
  secret: 'old',
  status: 'active',
}

const patchBot = (sandbox: Sandbox, patch: unknown) => callApi(sandbox, 'PATCH', `/v2/bots/${sandbox.botId}`, patch)

describe('A registration in the sandbox', () => {
  it('each place shows the webhook where it says', async () => {
    const { url, ...rest } = PRODUCTION
    const shown = await Promise.all(
      PLACE_NAMES.map(async (place) => {
        const sandbox = await sandboxForTest({ place, registered: PRODUCTION })
        const { body } = await callApi(sandbox, 'GET', `/v2/bots/${sandbox.botId}`)
        const { body: services } = await callApi(sandbox, 'GET', `/v2/services?type=webhook&bot=${sandbox.botId}`)
        expect(sandbox.bot()).toEqual(body)
        expect(sandbox.secret()).toBe('old')
        if (place === 'service') expect(services).toEqual([sandbox.registration()])
        return { place, body, services }
      }),
    )
    const at = Object.fromEntries(shown.map(({ place, body, services }) => [place, { body, services }]))
    expect(at['webhook']?.body).toMatchObject({ webhook: PRODUCTION })
    expect(at['webhooks']?.body).toMatchObject({ webhooks: [PRODUCTION] })
    expect(at['hooks']?.body).toMatchObject({ hooks: [PRODUCTION] })
    expect(at['params']?.body).toMatchObject({ params: PRODUCTION })
    expect(at['unknown']?.body).toMatchObject({ integration: { callback: { ...rest, address: url } } })
    const { status, ...params } = PRODUCTION
    expect(at['service']?.services).toMatchObject([{ type: 'webhook', status, params }])
    expect(JSON.stringify(at['service']?.body)).not.toContain('example.com')
  })

  it('a bot that was never registered shows the empty place', async () => {
    for (const place of PLACE_NAMES) {
      const sandbox = await sandboxForTest({ place, registered: null })
      const bot = JSON.stringify(sandbox.bot())
      expect(sandbox.secret()).toBeNull()
      if (place === 'service') expect(sandbox.registration()).toBeNull()
      else expect(bot).toMatch(/"webhooks":\[\]|"hooks":\[\]|"(url|address)":""/)
    }
  })

  it.each(PLACE_NAMES)('somebody else can change and remove the webhook: %s', async (place) => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ place, registered: null })
    await sandbox.changeRegistration({ url: bot.url, events: ['message.*'] })
    const secret = sandbox.secret()
    expect(secret).toMatch(/^[\w+/]{22}==$/)
    expect(JSON.stringify(sandbox.registration())).toContain('"active"')
    await sandbox.changeRegistration({ events: ['user.*'], secret: 'chosen' })
    expect(JSON.stringify(sandbox.registration())).toMatch(/user\.\*.*chosen|chosen.*user\.\*/)
    await sandbox.changeRegistration(null)
    expect(JSON.stringify([sandbox.registration(), sandbox.bot()])).not.toContain(bot.url)
    expect(bot.requests).toHaveLength(1)
  })

  it('a changed URL is asked for its challenge, with its credentials, and becomes active', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: PRODUCTION })
    const url = `${bot.url.replace('//', '//me:pw@')}/hook?keep=1`
    const patched = await patchBot(sandbox, { webhook: { ...PRODUCTION, url, status: 'unverified' } })
    expect(patched).toMatchObject({ status: 200, body: { webhook: { url, secret: 'old', status: 'active' } } })
    const [challenge] = bot.requests
    expect(challenge).toMatchObject({ method: 'GET' })
    expect(challenge?.url).toMatch(/^\/hook\?keep=1&type=subscribe&challenge=[\w-]{16}$/)
    const basic = `Basic ${Buffer.from('me:pw').toString('base64')}`
    expect(headerOf(challenge?.rawHeaders ?? [], 'authorization')).toBe(basic)
  })

  it.each([
    ['another text', { body: 'something' }],
    ['a line break too many', 'NEWLINE'],
    ['an error', { status: 500 }],
    ['a redirect', { status: 302, headers: { location: 'https://bots.example.com/' } }],
    ['nothing', 'drop'],
    ['no end', 'hang'],
  ] as const)('a URL that answers its challenge with %s is saved as unverified', async (_, answer) => {
    const bot = await recordingBotForTest({
      challenge: false,
      answer: ({ url }) =>
        answer === 'NEWLINE' ? { body: `${new URL(url, 'http://bot').searchParams.get('challenge')}\n` } : answer,
    })
    const sandbox = await sandboxForTest({ registered: PRODUCTION, timeoutMs: 1_000 })
    const patched = await patchBot(sandbox, { webhook: { ...PRODUCTION, url: bot.url } })
    expect(patched).toMatchObject({ status: 200, body: { webhook: { url: bot.url, status: 'unverified' } } })

    const jenny = await sandbox.contact({ name: 'Jenny' })
    await expect(jenny.say('hi')).rejects.toThrow('nobody is registered')
    const before = sandbox.bot()
    const refused = await patchBot(sandbox, { webhook: { ...PRODUCTION, url: bot.url, status: 'active' } })
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { message: 'The callback URL could not be verified' } },
    })
    expect(sandbox.bot()).toEqual(before)
  })

  it('a webhook shows as unverified until its challenge is answered', async () => {
    const sandbox: { current?: Sandbox } = {}
    const bot = await recordingBotForTest({ onRequest: () => seen.push(sandbox.current?.registration()) })
    const seen: unknown[] = []
    sandbox.current = await sandboxForTest({ registered: PRODUCTION })
    await patchBot(sandbox.current, { webhook: { ...PRODUCTION, url: bot.url } })
    expect(seen).toMatchObject([{ url: bot.url, status: 'unverified' }])
    expect(sandbox.current.registration()).toMatchObject({ url: bot.url, status: 'active' })
  })

  it('a URL that was changed again during its challenge is not taken for verified', async () => {
    const gate: { open: () => void } = { open: () => {} }
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve
    })
    const slow = await recordingBotForTest({
      challenge: false,
      answer: async ({ url }) => {
        await opened
        return { body: new URL(url, 'http://bot').searchParams.get('challenge') ?? '' }
      },
    })
    const dead = await recordingBotForTest({ challenge: false })
    const sandbox = await sandboxForTest({ registered: PRODUCTION })
    const patched = patchBot(sandbox, { webhook: { ...PRODUCTION, url: slow.url } })
    await slow.waitFor(1, () => true)
    await sandbox.changeRegistration({ url: dead.url })
    gate.open()
    expect(await patched).toMatchObject({ status: 200 })
    expect(sandbox.registration()).toMatchObject({ url: dead.url, status: 'unverified' })
  })

  it('strict verification refuses a URL that does not answer, and saves nothing', async () => {
    const bot = await recordingBotForTest({ challenge: false })
    const sandbox = await sandboxForTest({ registered: PRODUCTION, strictVerification: true })
    const before = sandbox.bot()
    expect(await patchBot(sandbox, { webhook: { ...PRODUCTION, url: bot.url } })).toMatchObject({ status: 403 })
    expect(sandbox.bot()).toEqual(before)
  })

  it('PATCH merges at the top, replaces what is nested, and gives a lost secret a new one', async () => {
    const sandbox = await sandboxForTest({ registered: PRODUCTION })
    await patchBot(sandbox, { meta: { a: 1, b: 2 } })
    await patchBot(sandbox, { meta: { c: 3 }, id: 'mine', name: 'Renamed' })
    expect(sandbox.bot()).toMatchObject({ id: sandbox.botId, name: 'Renamed', webhook: PRODUCTION })
    expect(sandbox.bot()?.['meta']).toEqual({ c: 3 })

    await patchBot(sandbox, { webhook: { url: PRODUCTION.url } })
    const secret = sandbox.secret()
    expect(sandbox.registration()).toEqual({ url: PRODUCTION.url, secret, status: 'active' })
    expect(secret).not.toBe('old')
    expect(Buffer.from(secret ?? '', 'base64')).toHaveLength(16)
  })

  it('on request a lost secret stays lost, and deliveries are not signed', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: PRODUCTION, regenerateSecret: false })
    await patchBot(sandbox, { webhook: { url: bot.url } })
    expect(sandbox.registration()).toEqual({ url: bot.url, status: 'active' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const [delivery] = await bot.waitFor(1)
    expect(headerOf(delivery?.rawHeaders ?? [], 'x-hub-signature')).toBeUndefined()
  })

  it('putting a snapshot back leaves the registration deep-equal to what it was', async () => {
    const bot = await recordingBotForTest()
    for (const place of ['webhook', 'webhooks', 'hooks', 'params'] as const) {
      const sandbox = await sandboxForTest({ place })
      const before = sandbox.registration()
      const wrap = (hook: unknown) => ({ [place]: place === 'webhooks' || place === 'hooks' ? [hook] : hook })
      await patchBot(sandbox, wrap({ ...before, url: bot.url }))
      expect(sandbox.registration()).not.toEqual(before)
      await patchBot(sandbox, wrap(before))
      expect(sandbox.registration()).toEqual(before)
    }
  })

  it('a service goes through its whole life', async () => {
    const bot = await recordingBotForTest({ challenge: false, answer: { status: 404 } })
    const sandbox = await sandboxForTest()
    const path = '/v2/services'
    const hook = { name: 'General', type: 'webhook', params: { url: bot.url }, status: 'active' }
    const created = await callApi(sandbox, 'POST', path, hook)
    expect(created).toMatchObject({ status: 201, body: { name: 'General', status: 'unverified' } })
    expect(getIn(created.body, ['params', 'secret'])).toMatch(/==$/)
    const own = `${path}/${String(getIn(created.body, ['id']))}`

    expect(await callApi(sandbox, 'PATCH', own, { status: 'active' })).toMatchObject({ status: 403 })
    await bot.close()
    const again = await recordingBotForTest({ port: bot.port })
    expect(await callApi(sandbox, 'PATCH', own, { status: 'active' })).toMatchObject({ body: { status: 'active' } })
    expect(again.requests).toHaveLength(1)

    await callApi(sandbox, 'POST', path, { name: 'Text messages', type: 'twilio', params: { number: '1' } })
    expect((await callApi(sandbox, 'GET', `${path}?type=webhook`)).body).toMatchObject([{ name: 'General' }])
    expect((await callApi(sandbox, 'GET', path)).body).toHaveLength(2)
    expect(await callApi(sandbox, 'DELETE', own)).toMatchObject({ status: 204, body: '' })
    expect(await callApi(sandbox, 'GET', own)).toMatchObject({
      status: 404,
      body: { error: { message: 'Service not found' } },
    })
    expect(await callApi(sandbox, 'POST', path, { type: 'webhook' })).toMatchObject({ status: 400 })
    expect(await callApi(sandbox, 'POST', path, { name: 'x', type: 'webhook' })).toMatchObject({ status: 400 })
  })
})
