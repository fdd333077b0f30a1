// People talk to a bot through the kit, and look at what came of it.
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../src/kit/index.ts'
import { botListener, talkingBot } from '../support/bot/listener.ts'
import { builtFile } from '../support/built.ts'
import { kitForTest } from '../support/kit-sandbox.ts'

const echo = talkingBot((text) => `You said: ${text}`)
const helpful = botListener(({ data: { message } }) =>
  message.text === 'help' && message.role === 'contact'
    ? [
        {
          role: 'agent',
          text: 'What do you need?',
          actions: [
            { type: 'reply', text: 'FAQ', payload: 'HELP_FAQ' },
            { type: 'postback', text: 'A human', payload: 'HELP_HUMAN' },
          ],
        },
        { text: 'asked for help' },
      ]
    : message.type === 'postback'
      ? [
          { role: 'agent', text: `You pressed ${message.text}` },
          { type: 'command', text: '/set topic faq' },
        ]
      : [],
)

describe('A contact of the kit', () => {
  it('says something, and gets the next message that they see', async () => {
    const sandbox = await kitForTest({ forwardTo: echo })
    const jenny = await sandbox.contact({ name: 'Jenny', profile: { email: 'jenny@example.com' } })
    expect(await jenny.say('hi', { contentType: 'text/plain' })).toMatchObject({
      text: 'You said: hi',
      role: 'agent',
      backchannel: false,
      buttons: [],
      ms: expect.any(Number),
    })
    expect(jenny.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual(['contact: hi', 'agent: You said: hi'])
    expect(jenny.send('bye')).toMatchObject({ text: 'bye', role: 'contact', ms: null })
    expect(await jenny.replies(1)).toMatchObject([{ text: 'You said: bye' }])
  })

  it('presses buttons, and reads back what happened, with who sees what', async () => {
    const sandbox = await kitForTest({ forwardTo: helpful })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const help = await jenny.say('help')
    expect(help.buttons).toEqual(['FAQ', 'A human'])
    expect(await jenny.press('FAQ')).toMatchObject({ text: 'You pressed HELP_FAQ' })
    await sandbox.settled()
    expect(jenny.conversation.meta).toEqual({ topic: 'faq' })
    expect(jenny.transcript({ commands: true })).toBe(
      [
        'Jenny: help',
        'Bot: What do you need? [FAQ] [A human]',
        'Bot (unseen: role bot): asked for help',
        'Jenny presses FAQ',
        'Bot: You pressed HELP_FAQ',
        '  /set topic faq',
      ].join('\n'),
    )
    expect(jenny.transcript({ deliveries: true })).toContain('  # message.create.contact.postback 200')
  })

  it('fills in forms', async () => {
    const forms = [{ id: 'f'.repeat(24), name: 'Test Drive', fields: [{ key: 'brand' }] }]
    const sandbox = await kitForTest({ forwardTo: talkingBot((text) => `Noted ${text}`), world: { forms } })
    const jenny = await sandbox.contact()
    jenny.conversation.post({ type: 'form', text: '+Test Drive', meta: { form: 'f'.repeat(24) } })
    expect(await jenny.fill('Test Drive', { brand: 'Audi' })).toMatchObject({ text: 'Noted .brand Audi' })
    expect(jenny.transcript()).toContain(`${jenny.name} fills in brand: Audi`)
  })

  it('finds silence where the bot says nothing, and not where it does', async () => {
    const sandbox = await kitForTest({ forwardTo: talkingBot((text) => (text === 'bye' ? null : 'Yes?')) })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('bye')
    await jenny.silence()
    jenny.send('hello')
    await expect(jenny.silence('20ms')).rejects.toMatchObject({
      code: 'DEVHOOK_UNEXPECTED_REPLY',
      message: expect.stringMatching(/^Jenny was to get no reply, and the bot said "Yes\?"\n[\s\S]*\nBot: Yes\?/),
    })
  })
})

describe('An agent of the kit', () => {
  it('takes over, whispers, mentions and leaves', async () => {
    const sandbox = await kitForTest({
      forwardTo: botListener(({ event, data: { message } }) =>
        event.endsWith('mention') ? [{ text: `Here is ${message.text}`, isBackchannel: true }] : [],
      ),
    })
    const [jenny, alex] = [await sandbox.contact({ name: 'Jenny' }), await sandbox.agent({ name: 'Alex' })]
    await alex.accept(jenny)
    alex.send(jenny, 'I have this one')
    alex.send(jenny, 'a difficult one', { backchannel: true })
    expect(await alex.mention(jenny, 'help')).toMatchObject({ text: 'Here is @Echo help', backchannel: true })
    alex.command(jenny, '/set priority high')
    expect(jenny.messages.map(({ text }) => text)).toEqual(['I have this one'])
    expect(jenny.conversation.meta).toEqual({ priority: 'high' })
    await alex.leave(jenny.conversation)
    await alex.assign(jenny)
    expect(jenny.conversation.participants).toMatchObject([
      { role: 'bot', inbox: true },
      { name: 'Alex', active: false },
    ])
    expect(sandbox.deliveries.at(-1)).toMatchObject({
      event: 'message.create.contact.command',
      payload: { data: { message: { text: '/assign' } } },
      state: 'delivered',
      attempts: [{ status: 200, body: '{"messages":[]}' }],
    })
  })

  it('talks to the bot in conversations without a contact', async () => {
    const sandbox = await kitForTest({
      forwardTo: botListener(({ event, data: { message } }) => (message.role === 'agent' ? [{ text: event }] : [])),
    })
    const team = await sandbox.conversation({ type: 'system', name: 'Imports' })
    const robin = await sandbox.agent({ role: 'admin' })
    expect(await robin.say(team, 'import')).toMatchObject({ text: 'message.create.system.chat' })
    expect(team).toMatchObject({ status: 'active', document: { name: 'Imports' } })
  })
})

describe('The sandbox of the kit', () => {
  it('has documents that a test reads and changes, which raises events', async () => {
    const sandbox = await kitForTest({ forwardTo: botListener(() => []), events: ['message.create.*', 'contact.*'] })
    const jenny = await sandbox.contact({ name: 'Jenny', profile: { city: 'Utrecht' } })
    const { contacts } = sandbox.data
    contacts.update(jenny.id, { profile: { city: 'Delft' } })
    expect(contacts.list({ 'profile.city': 'Delft' })).toMatchObject([{ id: jenny.id }])
    await sandbox.settled()
    expect(sandbox.deliveries.map(({ event }) => event)).toContain('contact.update')
    contacts.remove(jenny.id)
    expect(contacts.get(jenny.id)).toBeNull()
    expect(() => contacts.update(jenny.id, {})).toThrow(expect.objectContaining({ code: 'DEVHOOK_USAGE' }))
  })

  it('makes documented events happen, with what a test adds, and refuses others', async () => {
    const heard: string[] = []
    const sandbox = await kitForTest({
      forwardTo: botListener(({ event }) => {
        heard.push(event)
        return []
      }),
      events: ['user.*', 'message.create.*'],
    })
    const [delivery] = await sandbox.emit('user.login', { data: { user: { name: 'Robin' } } })
    expect(delivery).toMatchObject({ event: 'user.login', attempts: [{ status: 200 }] })
    expect(delivery?.payload).toMatchObject({ data: { user: { name: 'Robin' } } })
    expect(heard).toEqual(['user.login'])
    await expect(sandbox.emit('user.dances')).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
  })

  it('tells a listener of everything, and of nothing any more once it is removed', async () => {
    const sandbox = await kitForTest({ forwardTo: echo })
    const seen: string[] = []
    const off = sandbox.on((notice) => seen.push(notice.type === 'message' ? notice.message.text : notice.type))
    const jenny = await sandbox.contact()
    await jenny.say('hi')
    await sandbox.settled()
    expect(seen).toEqual(['hi', 'You said: hi', 'delivery', 'delivery'])
    off()
    await jenny.say('again')
    expect(seen).toHaveLength(4)
  })

  it('waits until there is something to see', async () => {
    const sandbox = await kitForTest({ forwardTo: echo })
    const jenny = await sandbox.contact()
    jenny.send('hi')
    const heard = await sandbox.until(() => jenny.messages.find(({ role }) => role === 'agent'))
    expect(heard.text).toBe('You said: hi')
    await expect(sandbox.until(() => false, '10ms')).rejects.toMatchObject({ code: 'DEVHOOK_UNTIL' })
  })

  it('takes a server, also one that does not listen yet, and another bot later', async () => {
    const sandbox = await kitForTest({ forwardTo: createServer(talkingBot(() => 'one')) })
    const jenny = await sandbox.contact()
    expect(await jenny.say('who?')).toMatchObject({ text: 'one' })
    await sandbox.connect(talkingBot(() => 'two'))
    expect(await jenny.say('and now?')).toMatchObject({ text: 'two' })
  })

  it('gives a bot tokens that it can call the API with, and shows its calls', async () => {
    const sandbox = await kitForTest({ forwardTo: echo })
    const { id } = (await sandbox.contact()).conversation
    const { APIHOST, TOKEN } = sandbox.env
    const call = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ text: 'by itself', role: 'agent' })
      const response = await fetch(`${APIHOST}/v2/conversations/${id}/messages?x=1`, { method: 'POST', headers, body })
      return response.status
    }
    expect(await call(TOKEN)).toBe(201)
    {
      using _fault = sandbox.fault({ match: 'POST /v2/conversations/*/messages', status: 503 })
      expect(await call(TOKEN)).toBe(503)
    }
    sandbox.expireTokens()
    expect(await call(TOKEN)).toBe(401)
    await sandbox.settled()
    expect(sandbox.calls.map(({ status }) => status)).toEqual([201, 503, 401])
    expect(sandbox.calls[0]).toMatchObject({
      method: 'POST',
      path: `/v2/conversations/${id}/messages`,
      query: { x: '1' },
      body: { text: 'by itself' },
      response: { text: 'by itself' },
      conversation: id,
    })
  })

  it('forgets what was said by a reset, and keeps the bot', async () => {
    const orgName = 'Garage'
    const sandbox = await kitForTest({
      forwardTo: echo,
      world: { organization: { displayName: orgName }, kbitems: [{ question: 'When?' }] },
    })
    const jenny = await sandbox.contact()
    await jenny.say('hi')
    sandbox.fault({ status: 500 })
    sandbox.data.kbitems.create({ question: 'Where?' })
    await sandbox.reset()
    expect(sandbox.deliveries).toEqual([])
    expect(sandbox.calls).toEqual([])
    expect(sandbox.transcript()).toBe('')
    expect(sandbox.data.contacts.list()).toEqual([])
    expect(sandbox.data.kbitems.list()).toMatchObject([{ question: 'When?' }])
    expect(sandbox.data.organizations.list()).toMatchObject([{ displayName: orgName }])
    await expect(jenny.say('still there?')).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
    const next = await sandbox.contact()
    expect(next.name).toBe(jenny.name)
    expect(await next.say('hello')).toMatchObject({ text: 'You said: hello' })
  })

  it('lets time pass, and repeats what was not received meanwhile', async () => {
    let isDown = true
    const sandbox = await kitForTest({
      clock: 'manual',
      forwardTo: botListener(({ data: { message } }) =>
        isDown ? 503 : message.role === 'contact' ? [{ text: 'Sorry for the wait!', role: 'agent' }] : [],
      ),
    })
    const jenny = await sandbox.contact()
    const before = sandbox.clock.now().getTime()
    jenny.send('anybody there?')
    await sandbox.clock.advance('3h')
    isDown = false
    await sandbox.clock.advance('3h')
    expect((await jenny.replies(1)).map(({ text }) => text)).toEqual(['Sorry for the wait!'])
    expect(sandbox.clock.now().getTime() - before).toBe(6 * 3_600_000)
    expect(sandbox.deliveries.at(0)?.attempts.length).toBeGreaterThan(3)
  })

  it('lets the same things go wrong with the same seed', async () => {
    const heardWith = async (seed: number): Promise<readonly string[]> => {
      const heard: string[] = []
      const sandbox = await kitForTest({
        seed,
        chaos: { duplicate: 0.5 },
        forwardTo: botListener(({ data: { message } }) => {
          heard.push(message.text)
          return []
        }),
      })
      const jenny = await sandbox.contact()
      for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) {
        jenny.send(text)
        await sandbox.settled('5ms')
      }
      return heard
    }
    const first = await heardWith(7)
    expect(first.length).toBeGreaterThan(6)
    expect(await heardWith(7)).toEqual(first)
    expect(await heardWith(8)).not.toEqual(first)
  })

  it('plays what it has recorded, and names what the bot does differently', async () => {
    let word = 'said'
    const sandbox = await kitForTest({ forwardTo: talkingBot((text) => `You ${word}: ${text}`) })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await jenny.say('hi')
    const fixture = sandbox.record()
    expect(fixture).toMatchObject({
      version: 1,
      steps: [{ event: 'message.create.contact.chat', replies: [{ text: 'You said: hi' }] }],
    })
    expect((await sandbox.play(fixture)).differences).toEqual([])
    word = 'shouted'
    const { differences, transcript } = await sandbox.play(fixture)
    expect(differences).toEqual([
      { step: 1, what: 'the answer to `Jenny: hi`', expected: 'Bot: You said: hi', received: 'Bot: You shouted: hi' },
    ])
    expect(transcript).toContain('Bot: You shouted: hi')
    await expect(sandbox.play('no/such/file')).rejects.toMatchObject({ code: 'DEVHOOK_FIXTURE_INVALID' })
  })

  it('lets its process end once it is closed, however long a fault holds up a call', async () => {
    const program = `
      const { createSandbox } = await import(${JSON.stringify(pathToFileURL(builtFile('dist/kit/index.js')).href)})
      const sandbox = await createSandbox()
      sandbox.fault({ delay: '10m' })
      let looks = 0
      const arrived = sandbox.until(() => ++looks > 1)
      const call = fetch(sandbox.api + '/v2/users').catch(() => 'cut')
      await arrived
      await sandbox.close()
      console.log(await call)`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 })
    expect((await run).stdout).toBe('cut\n')
  })

  it('is closed by `await using`, and then lets nobody speak', async () => {
    let api = ''
    {
      await using sandbox = await createSandbox({ forwardTo: echo })
      api = sandbox.api
      await sandbox.contact()
    }
    await expect(fetch(api)).rejects.toThrow()
  })
})
