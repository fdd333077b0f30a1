import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../src/doctor/doctor.ts'
import { writeSnapshot } from '../../src/platform/webhook/snapshot.ts'
import { startCli } from '../support/cli/cli.ts'
import { diagnose } from '../support/cli/doctor.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { echoBotForTest, sandboxForTest } from '../support/platform/sandboxes.ts'
import { SNAPSHOT } from '../support/platform/snapshots.ts'
import { makeToken } from '../support/platform/tokens.ts'
import { worldForTest } from '../support/world.ts'

const ID = '5b430ef410b7cb0cc2580183'
const WARNED = { ok: true, remedy: expect.any(String) }
const WELL = { ok: true, remedy: null }
const OPEN = { ok: null, remedy: null }
const BAD = { ok: false, remedy: expect.any(String) }

describe('dev-hook doctor', () => {
  it('tells every check in order, and ends with 0 when all is well', async () => {
    const world = await worldForTest()
    const secret = world.platform.secret() ?? ''
    const bot = await echoBotForTest(world.platform)
    const env = { ...world.env, PORT: String(bot.port), SECRET: secret, DEV_HOOK_TAKE_OVER: 'yes' }
    const { code, names, check, output } = await diagnose({ env })
    expect(names).toEqual(CHECKS.map(({ name }) => name))
    for (const name of names.filter((one) => one !== 'signature')) expect(check(name)).toMatchObject(WELL)
    expect(check('tunnel').message).toMatch(/^https:\/\/\S+ reaches this machine, in /)
    expect(names.indexOf('tunnel')).toBeLessThan(names.indexOf('webhook'))
    expect(world.edge.sessions()).toBe(0)
    expect(check('webhook').message).toContain('in bot.webhook: https://bots.example.com/hook')
    expect(check('token').message).toContain(`bot ${world.platform.botId}, scope guest agent bot admin`)
    expect(check('signature')).toMatchObject({ ...WARNED, message: expect.stringContaining('as chipchat does') })
    expect(code).toBe(0)
    for (const hidden of [world.platform.token, world.platform.refreshToken, secret, world.edge.authtoken])
      expect(output).not.toContain(hidden)
    expect(world.platform.calls.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('says so for a bot that is not up, and ends with 0 all the same', async () => {
    const world = await worldForTest()
    const { code, check } = await diagnose({ env: world.env })
    expect(check('port')).toMatchObject(WARNED)
    for (const name of ['challenge', 'signature'])
      expect(check(name)).toEqual({ type: 'check', name, ...OPEN, message: 'not tried: the bot is not up' })
    expect(code).toBe(0)
  })

  it('ends with 2 for what is wrong with config or token, and checks the rest', async () => {
    const { platform } = await worldForTest()
    const missing = await diagnose({ env: { APIHOST: platform.api } })
    expect(missing.check('token')).toMatchObject({ ...BAD, message: expect.stringContaining('no access token') })
    expect(missing.check('bot')).toMatchObject({ ...OPEN, message: 'not checked: token comes first' })
    expect(missing.check('api')).toMatchObject(WELL)
    expect(missing.code).toBe(2)

    const swapped = await diagnose({ env: { APIHOST: platform.api, TOKEN: platform.refreshToken } })
    expect(swapped.check('token').message).toContain('refresh token')
    expect(swapped.code).toBe(2)

    const config = await diagnose({ env: { PORT: 'abc', DEV_HOOK_HOLD: 'soon' } })
    expect(config.check('config').message).toContain('port abc (from PORT) is not a port')
    expect(config.check('config').message).toContain('hold soon')
    expect(config.check('state')).toMatchObject(WELL)
    expect(config.code).toBe(2)
  })

  it('ends with 3 for a token that has expired or is refused', async () => {
    const { api } = await sandboxForTest()
    const past = Math.floor(Date.now() / 1_000) - 60
    const expired = await diagnose({ env: { APIHOST: api, TOKEN: makeToken({ _id: ID, exp: past }) } })
    expect(expired.check('token')).toMatchObject({ ...BAD, message: expect.stringContaining('expired at') })
    expect(expired.check('refresh-token')).toMatchObject(WARNED)
    expect(expired.code).toBe(2) // there is no ngrok authtoken either
    const tunnel = { DEV_HOOK_TUNNEL: 'loopback' }
    const refused = await diagnose({ env: { ...tunnel, APIHOST: api, TOKEN: makeToken({ _id: ID }) } })
    expect(refused.check('token')).toMatchObject(WELL)
    expect(refused.check('api')).toMatchObject(WELL)
    expect(refused.check('bot')).toMatchObject({ ...BAD, message: expect.stringContaining('invalid signature') })
    expect(refused.code).toBe(3)
  })

  it('says when the bot’s own token is dead, though dev-hook has refreshed it for itself', async () => {
    const { platform, env } = await worldForTest()
    const { EMAIL: _, ...withoutEmail } = env
    const good = await diagnose({ env: withoutEmail })
    expect(good.check('bot-token')).toMatchObject(WELL)
    const another = { DEV_HOOK_TOKEN: platform.token, TOKEN: makeToken({ _id: platform.botId, exp: 1 }) }
    expect((await diagnose({ env: { ...withoutEmail, ...another } })).check('bot-token')).toMatchObject(WARNED)
    platform.expireTokens()
    const dead = await diagnose({ env: withoutEmail })
    expect(dead.check('bot')).toMatchObject(WELL)
    expect(dead.check('bot-token')).toMatchObject({
      ...WARNED,
      remedy: expect.stringContaining(`EMAIL=${platform.email}`),
    })
    expect((await diagnose({ env })).check('bot-token')).toMatchObject(WELL)
  })

  it.each([
    ['holds an access token', makeToken({ _id: ID, grant_type: 'access_token' }), 'holds an access token'],
    ['is none', 'abc', 'not a JSON Web Token'],
    ['is another bot’s', makeToken({ _id: 'other', grant_type: 'refresh_token' }), 'two different bots'],
    ['has expired', makeToken({ _id: ID, grant_type: 'refresh_token', exp: 1 }), 'expired at 1970'],
  ])('says so when the refresh token %s', async (_, token, message) => {
    const env = { APIHOST: 'http://127.0.0.1:1', TOKEN: makeToken({ _id: ID }), REFRESH_TOKEN: token }
    expect((await diagnose({ env })).check('refresh-token')).toMatchObject({
      ...BAD,
      message: expect.stringContaining(message),
    })
  })

  it('ends with 5 for an API that is not reached, or is not the API, and says which', async () => {
    const env = { TOKEN: makeToken({ _id: ID }), DEV_HOOK_TUNNEL: 'loopback' }
    const gone = await diagnose({ env: { ...env, APIHOST: `http://127.0.0.1:${await freePort()}` } })
    expect(gone.check('api')).toMatchObject({ ...BAD, message: expect.stringContaining('ECONNREFUSED') })
    expect(gone.check('bot').message).toBe('not checked: api comes first')
    expect(gone.code).toBe(5)

    const sandbox = await sandboxForTest()
    sandbox.faults.add({ status: 200, body: '<html>Sign in to the network</html>' })
    const page = await diagnose({ env: { ...env, APIHOST: sandbox.api } })
    expect(page.check('api')).toMatchObject({ ...BAD, message: expect.stringContaining('not with JSON') })
    expect(page.code).toBe(5)

    sandbox.faults.clear()
    sandbox.faults.add({ match: /^GET .*\/bots\/./, status: 200, body: '[]' })
    const empty = await diagnose({ env: { ...env, APIHOST: sandbox.api, TOKEN: sandbox.token } })
    expect(empty.check('bot')).toMatchObject({ ...BAD, message: expect.stringContaining('not answer with an object') })

    sandbox.faults.clear()
    const unknown = await diagnose({ env: { ...env, APIHOST: sandbox.api, TOKEN: sandbox.token, BOT_ID: ID } })
    expect(unknown.check('api')).toMatchObject(WELL)
    expect(unknown.check('bot')).toMatchObject({ ...BAD, message: expect.stringContaining('404') })
    expect(unknown.code).toBe(5)
  })

  it('does not trust an API whose certificate nobody vouches for, and says what to do', async () => {
    const world = await worldForTest()
    const { check } = await diagnose({
      env: { ...world.env, APIHOST: await world.edge.publicUrl(), NODE_EXTRA_CA_CERTS: '' },
    })
    expect(check('api')).toMatchObject({ ok: false, remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS') })
  })

  it('compares the clocks', async () => {
    const sandbox = await sandboxForTest()
    const env = { APIHOST: sandbox.api, TOKEN: makeToken({ _id: ID }) }
    const at = (ms: number) => ({ status: 200, body: {}, headers: { date: new Date(Date.now() + ms).toUTCString() } })
    sandbox.faults.add(at(-60 * 60_000))
    expect((await diagnose({ env })).check('clock')).toMatchObject({
      ...BAD,
      message: expect.stringContaining('ahead of'),
    })
    sandbox.faults.clear()
    sandbox.faults.add(at(60_000))
    expect((await diagnose({ env })).check('clock')).toMatchObject({
      ...WARNED,
      message: expect.stringContaining('behind'),
    })
  })

  it('finds what a dead run has left, and names the command that restores', async () => {
    const home = await folderForTest()
    const folder = join(home, 'dev-hook', 'api.web1on1.chat', ID)
    await mkdir(folder, { recursive: true })
    await writeSnapshot(folder, { ...SNAPSHOT, botId: ID })
    const env = { XDG_STATE_HOME: home, APIHOST: 'http://127.0.0.1:1' }
    expect((await diagnose({ env })).check('leftovers')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining(`dev-hook restore --bot ${ID} --api-host https://api.web1on1.chat`),
    })
    // One that cannot be read is still something that is owed; a look leaves it where it is.
    const path = join(folder, 'snapshot.json')
    await writeFile(path, '{}')
    const damaged = { ok: false, remedy: expect.stringContaining(path) }
    expect((await diagnose({ env })).check('leftovers')).toMatchObject(damaged)
    expect((await diagnose({ env })).check('leftovers')).toMatchObject(damaged)
  })

  it('says that the state folder cannot be written', async () => {
    const file = join(await folderForTest(), 'file')
    await writeFile(file, '')
    const { check } = await diagnose({ env: { XDG_STATE_HOME: file, APIHOST: 'http://127.0.0.1:1' } })
    expect(check('state')).toMatchObject({ ...BAD, message: expect.stringContaining(file) })
  })

  it('tells a dev-hook that runs here from one that runs elsewhere', async () => {
    const world = await worldForTest()
    const state = await folderForTest()
    const cli = await world.start({ env: { XDG_STATE_HOME: state } })
    await cli.notice('ready')
    const here = await diagnose({ env: { ...world.env, XDG_STATE_HOME: state } })
    expect(here.check('owner')).toMatchObject({ ...WELL, message: expect.stringContaining('is running here') })
    expect(here.check('leftovers').message).toContain('running now')
    for (const name of ['ngrok', 'tunnel'])
      expect(here.check(name)).toMatchObject({
        ...OPEN,
        message: expect.stringContaining('is running here, has the tunnel'),
      })
    const elsewhere = await diagnose({ env: world.env })
    expect(elsewhere.check('owner')).toMatchObject({ ...BAD, message: expect.stringContaining('which answers') })
    expect(elsewhere.code).toBe(7)
  })

  it.each([
    ['ak_2abcdefghijklmnopqrstu', 'the id of an API key'],
    ['two words', 'more than one word'],
    ['a-brief-one', 'too short'],
  ])('says that %j is not an ngrok authtoken, without trying it', async (token, message) => {
    const { check, output } = await diagnose({ env: { NGROK_AUTHTOKEN: token, APIHOST: 'http://127.0.0.1:1' } })
    expect(check('ngrok')).toMatchObject({ ...BAD, message: expect.stringContaining(message) })
    expect(output).not.toContain(token)
  })

  it('says that ngrok refuses an authtoken, though its form is right', async () => {
    const world = await worldForTest()
    const refused = '2wrongwrongwrongwrongwrong'
    const { code, check, output } = await diagnose({ env: { ...world.env, NGROK_AUTHTOKEN: refused } })
    expect(check('ngrok')).toMatchObject({ ...BAD, message: expect.stringContaining('ERR_NGROK_105') })
    expect(check('tunnel')).toMatchObject({ ...OPEN, message: 'not checked: ngrok comes first' })
    expect(check('webhook').ok).toBe(true)
    expect(code).toBe(3)
    expect(output).not.toContain(refused)
  })

  it('says where ngrok cannot be reached, and does not wait long', async () => {
    const { env, edge } = await worldForTest()
    edge.faults.dark()
    const { code, check } = await diagnose({ env })
    expect(check('tunnel')).toMatchObject({
      ...BAD,
      message: expect.stringContaining(`reached at ${edge.serverAddr}: `),
    })
    expect(check('ngrok')).toMatchObject({ ...OPEN, message: 'not checked: tunnel comes first' })
    expect(code).toBe(4)
  })

  it('leaves the tunnel alone with --offline, and says that it was not tried', async () => {
    const { env, edge } = await worldForTest()
    const { code, check } = await diagnose({ args: ['--offline'], env: { ...env, DEV_HOOK_DOMAIN: 'bot.example.app' } })
    for (const name of ['ngrok', 'domain', 'tunnel'])
      expect(check(name)).toMatchObject({ ...OPEN, message: expect.stringContaining('not tried: `--offline`') })
    expect(edge.log.of('auth')).toEqual([])
    expect(code).toBe(0)
    const both = await startCli({ args: ['doctor', '--offline', '--live'], env })
    expect((await both.ended).code).toBe(2)
  })

  it.each(['https://bot.example.app', 'bot'])('says that %s is not a domain', async (domain) => {
    const { env } = await worldForTest()
    const { check } = await diagnose({ env: { ...env, DEV_HOOK_DOMAIN: domain } })
    expect(check('domain')).toMatchObject({
      ...BAD,
      message: expect.stringContaining(`${domain} (from DEV_HOOK_DOMAIN)`),
    })
    expect(check('tunnel')).toMatchObject({ ...OPEN, message: 'not checked: domain comes first' })
  })

  it('tries a public URL that is given', async () => {
    const { env } = await worldForTest()
    const url = `http://127.0.0.1:${await freePort()}`
    const { code, check } = await diagnose({ env: { ...env, DEV_HOOK_URL: url } })
    expect(check('tunnel')).toMatchObject({ ...BAD, message: expect.stringContaining(`${url}/ does not reach`) })
    expect(code).toBe(4)
  })

  it('finds the authtoken of the ngrok agent', async () => {
    const home = await folderForTest()
    await mkdir(join(home, '.config', 'ngrok'), { recursive: true })
    await writeFile(join(home, '.config', 'ngrok', 'ngrok.yml'), 'agent:\n  authtoken: 2abcdefghijklmnopqrstuvwxyz\n')
    const { check } = await diagnose({ args: ['--offline'], env: { HOME: home, APIHOST: 'http://127.0.0.1:1' } })
    expect(check('ngrok')).toMatchObject({ ...OPEN, message: expect.stringContaining('ngrok.yml') })
  })

  it('tells of a port that the cloud forwards, and how it is opened', async () => {
    const env = { GITPOD_WORKSPACE_URL: 'https://bot.gitpod.example', APIHOST: 'http://127.0.0.1:1' }
    const { check } = await diagnose({ env })
    expect(check('ngrok')).toMatchObject({ ok: true, remedy: expect.stringContaining('gp ports visibility') })
  })

  it('tells of a proxy and of certificates in the environment, without the password of the proxy', async () => {
    const proxy = `http://me:hunter22@127.0.0.1:${await freePort()}`
    const proxied = await diagnose({ env: { HTTPS_PROXY: proxy, APIHOST: 'https://api.example.com' } })
    const through = expect.stringContaining('through the proxy http://127.0.0.1')
    expect(proxied.check('network')).toMatchObject({ ...WARNED, message: through })
    expect(proxied.output).not.toContain('hunter22')
  })

  it.each([
    ['a file that is not there', '/nowhere.pem'],
    ['a folder', process.cwd()],
  ])('tells of certificates that cannot be read: %s', async (_what, path) => {
    const { check } = await diagnose({ env: { NODE_EXTRA_CA_CERTS: path, APIHOST: 'http://127.0.0.1:1' } })
    expect(check('network')).toMatchObject({ ...BAD, message: expect.stringContaining(path) })
  })

  it('prints lines for a person, a remedy below each that needs one, and a last line that counts', async () => {
    const sandbox = await sandboxForTest()
    const env = { APIHOST: sandbox.api, TOKEN: sandbox.token, PORT: String(await freePort()) }
    const cli = await startCli({ args: ['doctor'], env })
    const { stdout, stderr, code } = await cli.ended
    expect(stdout).toMatch(/^✓ node {10}Node v/)
    expect(stdout).toMatch(/\n✗ ngrok .*\n {16}→ put it into NGROK_AUTHTOKEN/)
    expect(stdout).toMatch(/\n– tunnel .*not checked: ngrok comes first\n/)
    expect(stdout).toMatch(/\n– challenge .*not tried: the bot is not up\n/)
    expect(stderr).toMatch(/1 of 21 failed, 3 not tried, 2 worth a look/)
    expect(code).toBe(2)
  })
})
