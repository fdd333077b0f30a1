// Who may do what, with whose token.
import { describe, expect, it, onTestFinished } from 'vitest'
import { getIn } from '../../../src/sandbox/json-path.ts'
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'
import { makeToken } from '../../support/platform/tokens.ts'

async function tokenOf(sandbox: Sandbox, email: string): Promise<string> {
  const login = { email, password: 'any' }
  const { body } = await callApi({ api: sandbox.api, token: '' }, 'POST', '/v2/auth/token', login)
  return String(getIn(body, ['token']))
}

// The documented rows: guest, agent, bot, admin.
const DOCUMENTED = [
  ['GET', '/v2/services', [403, 403, 403, 200]],
  ['GET', '/v2/services/:service', [403, 403, 403, 200]],
  ['GET', '/v2/forms', [403, 403, 200, 200]],
  ['GET', '/v2/forms/:form', [403, 403, 403, 200]],
  ['GET', '/v2/users', [403, 403, 200, 200]],
  ['GET', '/v2/organizations', [403, 403, 200, 200]],
  ['GET', '/v2/messages?role=bot', [403, 403, 200, 200]],
  ['GET', '/v2/conversations', [403, 200, 200, 200]],
  ['GET', '/v2/contacts', [403, 200, 200, 200]],
  ['GET', '/v2/articles', [403, 200, 200, 200]],
  ['GET', '/v2/users/:own', [200, 200, 200, 200]],
  ['GET', '/v2/users/:agent', [403, 200, 200, 200]],
  ['GET', '/v2/users/:bot', [403, 403, 200, 200]],
  ['GET', '/v2/conversations/:conversation', [200, 200, 200, 200]],
  ['GET', '/v2/messages/:message', [403, 403, 200, 200]],
  ['POST', '/v2/users', [403, 403, 403, 201]],
  ['POST', '/v2/organizations', [403, 403, 403, 201]],
  ['POST', '/v2/conversations', [403, 201, 201, 201]],
  ['POST', '/v2/conversations/:conversation/messages', [201, 201, 201, 201]],
  ['DELETE', '/v2/organizations/:organization', [403, 403, 403, 204]],
] as const

describe('The permissions', () => {
  it('are those of the documented table', async () => {
    const sandbox = await sandboxForTest({ scope: 'bot' })
    const jenny = await sandbox.contact({ name: 'Jenny', email: 'jenny@example.com' })
    const message = jenny.send('hi').id
    const admin = { ...sandbox, token: sandbox.others.admin }
    const created = async (path: string, body: unknown) =>
      String(getIn((await callApi(admin, 'POST', path, body)).body, ['id']))
    const form = await created('/v2/forms', { name: 'Test Drive' })
    const service = await created('/v2/services', { name: 'SMS', type: 'twilio' })
    const agents = (await callApi(admin, 'GET', '/v2/users?role=agent')).body
    const ids: Readonly<Record<string, string>> = {
      form,
      service,
      message,
      agent: String(getIn(agents, [0, 'id'])),
      bot: sandbox.botId,
      conversation: jenny.conversation,
      organization: sandbox.organizationId,
    }
    const tokens = [
      await tokenOf(sandbox, 'jenny@example.com'),
      sandbox.others.agent,
      sandbox.token,
      sandbox.others.admin,
    ]
    const statuses = []
    for (const [method, path] of DOCUMENTED) {
      const seen: number[] = []
      for (const token of tokens) {
        const own = String(getIn(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()), ['_id']))
        const asked = path.replace(/:(\w+)/g, (_, name: string) => (name === 'own' ? own : (ids[name] ?? '')))
        const body = method === 'POST' ? { name: 'x', text: 'x' } : undefined
        seen.push((await callApi({ api: sandbox.api, token }, method, asked, body)).status)
      }
      statuses.push([method, path, seen])
    }
    expect(statuses).toEqual(DOCUMENTED)
  })

  it('reach as far as the organization of the token and those below it', async () => {
    const sandbox = await sandboxForTest()
    const below = await callApi(sandbox, 'POST', '/v2/organizations', { name: 'Below' })
    const id = String(getIn(below.body, ['id']))
    expect(below.body).toMatchObject({ orgPath: `${sandbox.organizationId}#${id}`, displayName: 'Below' })
    const there = await callApi(sandbox, 'POST', '/v2/contacts', { name: 'Jack', organization: id })
    expect(there).toMatchObject({ status: 201, body: { organization: id, orgPath: `${sandbox.organizationId}#${id}` } })
    await callApi(sandbox, 'POST', '/v2/users', {
      name: 'Kim',
      role: 'admin',
      email: 'kim@example.com',
      organization: id,
    })

    const kim = { api: sandbox.api, token: await tokenOf(sandbox, 'kim@example.com') }
    const jack = `/v2/contacts/${String(getIn(there.body, ['id']))}`
    const jenny = await sandbox.contact({ name: 'Jenny' })
    expect(await callApi(kim, 'GET', jack)).toMatchObject({ status: 200 })
    expect(await callApi(kim, 'GET', `/v2/contacts/${jenny.id}`)).toMatchObject({ status: 404 })
    expect(await callApi(kim, 'DELETE', `/v2/contacts/${jenny.id}`)).toMatchObject({ status: 404 })
    expect((await callApi(kim, 'GET', '/v2/contacts')).body).toMatchObject([{ name: 'Jack' }])
    expect((await callApi(sandbox, 'GET', '/v2/contacts')).body).toHaveLength(2)
    const posting = `/v2/conversations/${jenny.conversation}/messages`
    expect(await callApi(kim, 'POST', posting, { text: 'hi' })).toMatchObject({ status: 404 })
    const above = { name: 'Lou', organization: sandbox.organizationId }
    expect(await callApi(kim, 'POST', '/v2/contacts', above)).toMatchObject({ status: 403 })
    expect(await callApi(kim, 'POST', '/v2/contacts', { name: 'Lou', organization: 'nowhere' })).toMatchObject({
      status: 400,
    })
  })

  it('show a contact their own conversation and no other', async () => {
    const sandbox = await sandboxForTest()
    const [jenny, jack] = await Promise.all([
      sandbox.contact({ name: 'Jenny', email: 'jenny@example.com' }),
      sandbox.contact({ name: 'Jack' }),
    ])
    const asJenny = { api: sandbox.api, token: await tokenOf(sandbox, 'jenny@example.com') }
    expect(await callApi(asJenny, 'GET', `/v2/contacts/${jenny.id}`)).toMatchObject({
      status: 200,
      body: { conversation: jenny.conversation },
    })
    for (const path of [`/v2/conversations/${jack.conversation}`, `/v2/contacts/${jack.id}`]) {
      expect([403, 404]).toContain((await callApi(asJenny, 'GET', path)).status)
    }
    const posting = `/v2/conversations/${jack.conversation}/messages`
    expect(await callApi(asJenny, 'POST', posting, { text: 'hi' })).toMatchObject({ status: 404 })
  })
})

describe('A webhook', () => {
  it('hears of its own organization and of those below it', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest()
    const { body } = await callApi(sandbox, 'POST', '/v2/organizations', { name: 'Below' })
    const below = String(getIn(body, ['id']))
    for (const [path, organization] of [
      ['/above', sandbox.organizationId],
      ['/below', below],
    ]) {
      const params = { url: `${bot.url}${path}`, events: ['contact.create'] }
      await callApi(sandbox, 'POST', '/v2/services', { name: path, type: 'webhook', organization, params })
    }
    await callApi(sandbox, 'POST', '/v2/contacts', { name: 'Jenny' })
    await callApi(sandbox, 'POST', '/v2/contacts', { name: 'Jack', organization: below })
    const heard = (await bot.waitFor(3)).map(({ url, body: payload }) => {
      return `${url} ${JSON.parse(payload.toString()).data.contact.name}`
    })
    expect(heard.toSorted()).toEqual(['/above Jack', '/above Jenny', '/below Jack'])
  })
})

describe('The tokens of a sandbox', () => {
  it('are budgets of their own', async () => {
    const sandbox = await sandboxForTest({ rateLimit: 2 })
    const get = async (token: string) => (await callApi({ api: sandbox.api, token }, 'GET', '/v2/conversations')).status
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push(await get(sandbox.token))
    expect([statuses[2], await get(sandbox.others.agent), await get(sandbox.others.admin)]).toEqual([429, 200, 200])
  })

  it('of a bot that brings its own are taken as they are, and tell who the bot is', async () => {
    const claims = { _id: 'b'.repeat(24), organization: '0'.repeat(24), scope: 'viewer guest agent', exp: 1 }
    const token = makeToken({ ...claims, grant_type: 'access_token' })
    const refreshToken = makeToken({ ...claims, grant_type: 'refresh_token' })
    const credentials = { token, refreshToken, email: `bot+${claims._id}@chatshipper.com` }
    const sandbox = await openSandbox({ credentials })
    onTestFinished(() => sandbox.close())
    expect(sandbox).toMatchObject({
      ...credentials,
      isOwnToken: true,
      botId: claims._id,
      organizationId: claims.organization,
    })
    expect(await callApi(sandbox, 'GET', `/v2/users/${claims._id}`)).toMatchObject({
      status: 200,
      body: { role: 'bot' },
    })
    expect(await callApi(sandbox, 'GET', '/v2/messages?role=bot')).toMatchObject({ status: 403 })
    sandbox.expireTokens()
    expect(await callApi(sandbox, 'GET', '/v2/conversations')).toMatchObject({ status: 401 })
    const grant = { clientId: `bot+${claims._id}@web1on1.chat`, refreshToken }
    const fresh = await callApi(sandbox, 'POST', '/v2/auth/token', grant)
    expect(fresh).toMatchObject({ status: 201, body: { user: claims._id, scope: claims.scope, refreshToken } })
  })

  it.each([
    ['is a refresh token', makeToken({ _id: 'b1', grant_type: 'refresh_token' })],
    ['names no bot', makeToken({ scope: 'admin' })],
    ['is none', 'nonsense'],
  ])('are new ones for a bot whose token %s', async (_, token) => {
    const sandbox = await sandboxForTest({ credentials: { token, refreshToken: null, email: null } })
    expect(sandbox.isOwnToken).toBe(false)
    expect(await callApi(sandbox, 'GET', '/v2/conversations')).toMatchObject({ status: 200 })
  })

  it('of people are granted for any password, which is a login', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['user.*'] } })
    const login = { email: 'Alex@sandbox.example', password: 'any' }
    const granted = await callApi({ api: sandbox.api, token: '' }, 'POST', '/v2/auth/token', login)
    expect(granted).toMatchObject({ status: 201, body: { tokenType: 'Bearer', scope: 'guest agent' } })
    const [delivery] = await bot.waitFor(1)
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      event: 'user.login',
      activity: { summary: 'User Alex Agent logged in' },
      data: { user: { name: 'Alex Agent', givenName: 'Alex' } },
    })
    const again = { clientId: 'alex@sandbox.example', refreshToken: getIn(granted.body, ['refreshToken']) }
    expect(await callApi(sandbox, 'POST', '/v2/auth/token', again)).toMatchObject({ status: 201 })
    for (const email of ['nobody@sandbox.example', sandbox.email]) {
      expect(await callApi(sandbox, 'POST', '/v2/auth/token', { email, password: 'x' })).toMatchObject({ status: 403 })
    }
  })
})
