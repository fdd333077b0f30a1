// Bots that do what the SDK's examples and documentation do, in the sandbox of the real command line.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { getIn } from '../../src/sandbox/json-path.ts'
import { type Cli, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'
import { callApi } from '../support/platform/sandboxes.ts'
import { makeToken } from '../support/platform/tokens.ts'

const BOTS = fileURLToPath(new URL('../support/bot/chipchat-bots.js', import.meta.url))

/** A person in the sandbox, with a token of their own. */
interface Person {
  readonly user: string
  /** Posts to the conversation with Jenny. */
  post(body: unknown): Promise<unknown>
  call(method: string, path: string, body?: unknown): Promise<unknown>
}

interface Scene {
  readonly cli: Cli
  readonly jenny: Person
  readonly alex: Person
  readonly sam: Person
  /** Posts as Jenny. */
  say(text: string): Promise<unknown>
  /** What was said so far in the conversation with Jenny: `agent: hello`, `bot command: /leave`; ids are `:id`. */
  talk(): Promise<readonly string[]>
  /** Waits until all this has been said, in this order, whatever is between. */
  hears(...lines: readonly string[]): Promise<void>
}

/** Logs everybody in who there is. */
async function peopleOf(api: string, logins: readonly string[]) {
  let conversation = ''
  async function login(name: string): Promise<Person> {
    const grant = { email: logins.find((one) => one.startsWith(name)), password: 'any' }
    const { body } = await callApi({ api, token: '' }, 'POST', '/v2/auth/token', grant)
    const token = String(getIn(body, ['token']))
    const call: Person['call'] = async (...asked) => (await callApi({ api, token }, ...asked)).body
    return {
      user: String(getIn(body, ['user'])),
      call,
      post: (message) => call('POST', `/v2/conversations/${conversation}/messages`, message),
    }
  }
  const [jenny, alex, sam] = await Promise.all([login('jenny'), login('alex'), login('sam')])
  conversation = String(getIn(await jenny.call('GET', `/v2/contacts/${jenny.user}`), ['conversation']))
  return { jenny, alex, sam, conversation }
}

/** Starts a bot in the sandbox. */
async function sceneForTest(bot: string, ...args: string[]): Promise<Scene> {
  const cli = await startCli({
    args: ['sandbox', '--json', ...args],
    env: { PORT: String(await freePort()) },
    command: [process.execPath, BOTS, bot],
  })
  const { api, logins } = await cli.notice('sandbox')
  await cli.notice('bot', ({ state }) => state === 'ready')
  const { jenny, alex, sam, conversation } = await peopleOf(api, logins)

  const talk = async (): Promise<readonly string[]> => {
    const messages = await sam.call('GET', `/v2/messages?conversation=${conversation}`)
    if (!Array.isArray(messages)) throw new Error(JSON.stringify(messages))
    return messages.map((message: unknown) => {
      const [role, type, text = ''] = ['role', 'type', 'text'].map((field) => String(getIn(message, [field])))
      const where = getIn(message, ['isBackchannel']) === true ? ' (backchannel)' : ''
      const said = text.replace(/(?<=_asked|\b)[0-9a-f]{24}\b/g, ':id')
      return `${role}${type === 'chat' ? '' : ` ${type}`}: ${said}${where}`
    })
  }
  return {
    cli,
    jenny,
    alex,
    sam,
    say: (text) => jenny.post({ text }),
    talk,
    hears: async (...lines) => {
      const inOrder = async (): Promise<readonly string[]> => {
        let next = 0
        for (const line of await talk()) if (line === lines[next]) next += 1
        return lines.slice(0, next)
      }
      await expect.poll(inOrder, { interval: 150 }).toEqual(lines)
    },
  }
}

/** Starts a bot as an IDE does, past dev-hook, with an environment of its own. */
function startByHand(bot: string, env: Readonly<Record<string, string>>): void {
  const child = spawn(process.execPath, [BOTS, bot], { env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
}

describe('A sandbox without a command for the bot', () => {
  it('goes on with stdin closed, and tells a bot that something else starts what it needs', async () => {
    const port = String(await freePort())
    const cli = await startCli({ args: ['sandbox', '--json'], env: { PORT: port } })
    cli.endInput()
    const { api, token, logins } = await cli.notice('sandbox')
    startByHand('start', { APIHOST: api, TOKEN: token ?? '', PORT: port })
    await cli.notice('bot', ({ state }) => state === 'ready')
    const { jenny } = await peopleOf(api, logins)
    await jenny.post({ text: 'hi' })
    expect(await cli.notice('message', ({ role }) => role === 'bot')).toMatchObject({ text: '👍' })
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  })

  it('takes the token of .env as it is, and does not show it', async () => {
    const claims = { _id: 'b'.repeat(24), organization: '0'.repeat(24), scope: 'guest agent bot' }
    const own = makeToken({ ...claims, grant_type: 'access_token' })
    const [port, apiPort] = [String(await freePort()), String(await freePort())]
    const cli = await startCli({ args: ['sandbox', '--json', '--api-port', apiPort], env: { PORT: port, TOKEN: own } })
    const { api, token, logins } = await cli.notice('sandbox')
    expect({ api, token }).toEqual({ api: `http://127.0.0.1:${apiPort}`, token: null })
    startByHand('start', { APIHOST: api, TOKEN: own, PORT: port })
    await cli.notice('bot', ({ state }) => state === 'ready')
    const { jenny } = await peopleOf(api, logins)
    await jenny.post({ text: 'hi' })
    expect(await cli.notice('message', ({ role }) => role === 'bot')).toMatchObject({ text: '👍' })
    cli.kill('SIGINT')
    const { stdout, stderr } = await cli.ended
    expect(stdout + stderr).not.toContain(own)
  })

  it('tells at once what the contact does not see', async () => {
    const { say, cli } = await sceneForTest('silent')
    await say('hi')
    expect(await cli.notice('warning')).toMatchObject({
      code: 'DEVHOOK_UNSEEN_BY_CONTACT',
      message: 'the bot wrote 1 message with role "bot": agents see it, Jenny does not; send it with role: \'agent\'',
    })
    expect(await cli.notice('message', ({ role }) => role === 'bot')).toMatchObject({ text: 'hello', unseen: 'role' })
  })

  it.each([
    [['--arrival', 'late'], /arrival "late" \(from --arrival\) .*assigned, joined/],
    [['--scope', 'king'], /scope "king" \(from --scope\) .*guest, agent, bot/],
    [['--api-port', 'x'], /api-port "x" \(from --api-port\) is not a port/],
    [
      ['--chaos', 'dorp=1'],
      /chaos "dorp=1" \(from --chaos\): `dorp` is not a kind of chaos[\s\S]*there are delay=200ms/,
    ],
    [['--seed', '1.5'], /seed "1.5" \(from --seed\) is not a whole number/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await (await startCli({ args: ['sandbox', ...args] })).ended
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('In the sandbox, a bot that does what the SDK shows', () => {
  it('answers an agent, with a callback', async () => {
    const { alex, hears } = await sceneForTest('echo')
    await alex.post({ text: 'Ping' })
    await hears('agent: Ping', 'bot: Pong')
  })

  it('asks, with callbacks, registered callbacks and promises', async () => {
    const { say, hears } = await sceneForTest('ask')
    await say('colour')
    await hears('agent: Favourite colour?', 'bot command: /set _asked:id :id')
    await say('red')
    await hears('contact: red', 'bot command: /set _asked:id second', 'agent: Second favourite?')
    await say('blue')
    await hears('contact: blue', 'agent: You like red and blue', 'bot command: /leave')
    await say('promise')
    await hears('contact: promise', 'agent: Which?', 'bot command: /set _asked:id :id')
    await say('this')
    await hears('contact: this', 'agent: Oh, this!')
  })

  it('loads conversations by their id, and creates them', async () => {
    const { say, hears } = await sceneForTest('context')
    await say('load')
    await hears('agent: by promise', 'agent: 2 conversations, one of type bot')
    await hears('agent: by callback')
    await hears('agent: missing conversation null')
  })

  it('lists contacts, creates a conversation and notifies of it', async () => {
    const { say, hears } = await sceneForTest('api')
    await say('api')
    await hears('agent: null 1 Jenny')
    await hears('agent: Review is queued with 3 messages')
  })

  it('copies forms between organizations', async () => {
    const { say, hears } = await sceneForTest('copyForms', '--scope', 'admin')
    await say('copy')
    await hears('agent: Test Drive model 2')
  })

  it('has middleware on both ways', async () => {
    const { say, hears } = await sceneForTest('middleware')
    await say('quietly')
    await hears('contact: quietly', 'agent: QUIETLY')
  })

  it('keeps its tokens in a store of its own', async () => {
    const { say, hears } = await sceneForTest('mixin')
    await say('hi')
    await hears('agent: 👍')
  })

  it('is made of modules, with buttons', async () => {
    const { say, jenny, hears } = await sceneForTest('modules')
    await say('hi')
    await hears('agent: Need help?', 'bot command: /set captured true')
    const actions = [{ type: 'postback', text: 'Settings', payload: 'SETTINGS' }]
    await jenny.post({ type: 'postback', text: 'SETTINGS', actions })
    await hears('agent: You clicked SETTINGS, Settings')
  })

  it('invites contacts by SMS when an admin says so', async () => {
    const { sam, cli } = await sceneForTest('outboundSms', '--scope', 'admin')
    await sam.call('POST', '/v2/services', { name: 'SMS', type: 'twilio', params: {} })
    const messages = [{ type: 'command', text: '>smsbot' }]
    const system = await sam.call('POST', '/v2/conversations', { type: 'system', name: 'Batch', messages })
    const path = `/v2/conversations/${String(getIn(system, ['id']))}`
    const said = async (of: string) => {
      const list = await sam.call('GET', `/v2/messages?conversation=${of}`)
      return Array.isArray(list) ? list.map((one: unknown) => String(getIn(one, ['text']))) : []
    }
    const inSystem = () => said(String(getIn(system, ['id'])))
    await expect.poll(inSystem).toContain('Sam Admin of DEVELOPER: Sandbox, with 1 service?')
    await expect.poll(async () => (await inSystem()).join()).toContain('/set _asked')
    await sam.call('POST', `${path}/messages`, { text: 'Yes' })
    await expect.poll(inSystem).toContain('sent to Barack Obama')
    const found = await sam.call('GET', `/v2/contacts?profile.telephone=${encodeURIComponent('+31612345678')}`)
    const invited = String(getIn(found, [0, 'conversation']))
    const expected = ['/accept', 'hi there', 'Please click', '/leave']
    await expect.poll(() => said(invited)).toEqual(expected)
    expect(await sam.call('GET', `/v2/conversations/${invited}`)).toMatchObject({
      status: 'closed',
      name: 'Barack Obama',
    })
    // What is for the team is no mistake.
    expect(cli.notices.filter(({ type }) => type === 'warning')).toEqual([])
  })

  it('reads long lists page by page', async () => {
    const { say, hears } = await sceneForTest('pagination')
    await say('pages')
    await hears('agent: 31 and 20')
  })

  it('loads organizations before it is told', async () => {
    const { say, hears } = await sceneForTest('preload')
    await say('hi')
    await hears('agent: in DEVELOPER: Sandbox, 0')
  })

  it('offers the lines of an article when a form is added', async () => {
    const { sam, alex, hears } = await sceneForTest('quickReplies', '--scope', 'admin')
    const article = await sam.call('POST', '/v2/articles', { title: 'Brands', content: '<p>Audi</p>\n<p>BMW</p>' })
    const meta = { init: `article:${String(getIn(article, ['id']))}` }
    const form = await sam.call('POST', '/v2/forms', { name: 'Test Drive', fields: [{ name: 'brand' }], meta })
    await alex.post({ type: 'form', text: '+Test Drive', meta: { form: getIn(form, ['id']) } })
    await hears('agent form: +Test Drive', 'agent: quick replies')
  })

  it('says things later, in the order of their delays', async () => {
    const { say, hears } = await sceneForTest('say')
    await say('multi')
    await hears('contact: multi', 'agent: Start', 'agent: Step 1', 'agent card: Step 2')
    await say('async')
    await hears('contact: async', 'agent: three', 'agent: two', 'agent: one')
  })

  it('greets, and leaves, as on the front page', async () => {
    const { say, hears, talk } = await sceneForTest('start')
    await say('hi')
    await hears('contact: hi', 'agent: 👍', 'bot command: /leave')
    await hears('agent command: /assign', 'bot command: /accept')
    await say('again')
    await hears('contact: hi', 'contact: again', 'agent: 👍')
    expect((await talk()).filter((line) => line === 'agent: 👍').length).toBeLessThanOrEqual(2)
  })

  it('keeps the state of a conversation in it', async () => {
    const { say, jenny, hears } = await sceneForTest('state')
    await say('hi')
    await hears('bot command: /set @category Used Car')
    await hears('agent: Take a step', 'bot command: /set step 1')
    await jenny.post({ type: 'postback', text: 'STEP' })
    await hears('contact postback: STEP', 'bot command: /set step 2')
    await say('so?')
    await hears('contact: so?', 'agent: Used Car, two steps')
  })

  it('reviews with agents, where the contact does not see it', async () => {
    const { alex, hears, cli } = await sceneForTest('triggers')
    await alex.post({ type: 'command', text: '/join' })
    await hears('bot: Hi Alex Agent, review this? (backchannel)')
    await alex.post({ type: 'postback', text: 'REVIEW', isBackchannel: true })
    await hears('agent postback: REVIEW (backchannel)', 'bot: Any good? (backchannel)')
    await expect.poll(() => alex.call('GET', '/v2/conversations').then(JSON.stringify)).toContain('_asked')
    await alex.post({ text: 'Awesome', isBackchannel: true })
    await hears('agent: Awesome (backchannel)', 'bot report: Report (backchannel)')
    await alex.post({ type: 'command', text: '>review' })
    await hears('agent command: >review', 'bot: Any good? (backchannel)')
    expect(cli.notices.filter(({ type }) => type === 'warning')).toEqual([])
  })

  it('is assigned, mentioned and commanded, and filters what it hears', async () => {
    const { say, alex, hears, cli } = await sceneForTest('events')
    await say('hello')
    await hears('agent: assigned')
    await hears('agent: Want a car?')
    await expect.poll(() => alex.call('GET', '/v2/conversations').then(JSON.stringify)).toContain('step2')
    await say('yes please')
    await hears('contact: yes please', 'agent: Okidoki')
    const targetUser = getIn(await alex.call('GET', '/v2/conversations'), [0, 'participants', 0, 'user'])
    await alex.post({ type: 'mention', text: '@Echo help', meta: { targetUser } })
    await hears('agent mention: @Echo help', 'bot mention: yes?')
    await alex.post({ type: 'command', text: '>location' })
    await hears('agent command: >location', 'bot: planet earth (backchannel)')
    expect(cli.notices.filter(({ type }) => type === 'warning')).toEqual([])
  })

  it('lets an agent take over', async () => {
    const { say, alex, hears, talk } = await sceneForTest('takeOver')
    await say('hi')
    await hears('agent: at your service')
    await alex.post({ text: 'I have this one' })
    await hears('agent: I have this one', 'bot command: /leave')
    await say('thank you, Alex')
    await alex.post({ text: 'bye' })
    await hears('contact: thank you, Alex', 'agent: bye')
    expect((await talk()).filter((line) => line === 'agent: at your service')).toHaveLength(1)
  })

  it('hears only what it has joined, and only while nobody else answers', async () => {
    const { say, alex, hears, talk } = await sceneForTest('ignoring')
    await say('one')
    await hears('agent command: /assign', 'bot command: /join')
    await say('two')
    await hears('contact: two', 'agent: heard two')
    await alex.post({ text: 'mine' })
    await say('three')
    await say('four')
    await alex.post({ type: 'command', text: '/leave' })
    await say('five')
    await hears('contact: five', 'agent: heard five')
    expect((await talk()).filter((line) => line.startsWith('agent: heard'))).toEqual([
      'agent: heard two',
      'agent: heard five',
    ])
  })

  it('lists every resource, and makes, changes and deletes what it may', async () => {
    const { say, hears } = await sceneForTest('rest', '--scope', 'admin')
    await say('rest')
    await hears('agent: Two, then 404 Article not found')
  })

  it('finds the settings of its instances', async () => {
    const { say, hears } = await sceneForTest('instance')
    await say('hi')
    await hears('agent: enabled true {}')
  })

  it('takes deliveries with a server of its own', async () => {
    const { say, hears } = await sceneForTest('ingest')
    await say('hi')
    await hears('agent: taken in')
  })

  it('calls with the credentials that dev-hook gives it', async () => {
    const { say, hears } = await sceneForTest('refresh')
    await say('hi')
    await hears('agent: still here')
  })
})
