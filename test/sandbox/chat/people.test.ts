// People in the sandbox: what contacts and agents do, see and wait for.
import { describe, expect, it } from 'vitest'
import { buttonsOf } from '../../../src/protocol/buttons.ts'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

/** A sandbox with a bot that hears everything and says nothing by itself. */
async function silentBotForTest(options: SandboxOptions = {}): Promise<Sandbox> {
  const bot = await recordingBotForTest()
  return sandboxForTest({ registered: { url: bot.url, events: ['message.create.*'] }, ...options })
}

const HELP = {
  role: 'agent',
  text: 'What do you need?',
  actions: [
    { type: 'reply', text: 'FAQ', payload: 'HELP_FAQ' },
    { type: 'postback', text: 'Settings', payload: 'SETTINGS' },
    { type: 'link', text: 'Our site', uri: 'https://example.com/' },
  ],
  items: [{ title: 'A car', actions: [{ type: 'postback', text: 'Test drive', payload: 'DRIVE' }] }],
}

describe('A contact', () => {
  it('presses what was offered, by its text or payload, and the button comes back with it', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const help = sandbox.post(jenny.conversation, HELP)
    expect(buttonsOf(help).map(({ text }) => text)).toEqual(['FAQ', 'Settings', 'Our site', 'Test drive'])
    expect(jenny.press('FAQ')).toMatchObject({ type: 'postback', text: 'HELP_FAQ', actions: [HELP.actions[0]] })
    expect(jenny.press('DRIVE')).toMatchObject({ type: 'postback', text: 'DRIVE', role: 'contact' })
    expect(jenny.press('settings')).toMatchObject({ text: 'SETTINGS' })
  })

  it('cannot press what is not there any more, is a link, or was for the team', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    expect(() => jenny.press('FAQ')).toThrow('Jenny cannot press "FAQ": nothing is offered')
    sandbox.post(jenny.conversation, HELP)
    sandbox.post(jenny.conversation, {
      text: 'A note',
      actions: [{ type: 'postback', text: 'Close', payload: 'CLOSE' }],
    })
    expect(() => jenny.press('Close')).toThrow(
      'Jenny cannot press "Close": what is offered is "FAQ", "Settings", "Test drive"',
    )
    expect(() => jenny.press('Our site')).toThrow('it opens https://example.com/, and says nothing')
    jenny.send('hm')
    expect(() => jenny.press('FAQ')).toThrow('what is offered is "Settings", "Test drive"')
    expect(jenny.press('Settings')).toMatchObject({ text: 'SETTINGS' })
  })

  it('fills in the fields of a form that is open', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    expect(() => jenny.fill('Test Drive', { brand: 'Audi' })).toThrow('cannot fill in "Test Drive": no form is open')
    const form = sandbox.data('forms').create({ name: 'Test Drive', fields: [{ key: 'brand' }, { key: 'model' }] })
    sandbox.post(jenny.conversation, { type: 'form', text: '+Test Drive', meta: { form: form.id } })
    expect(() => jenny.fill('Trade-in', {})).toThrow('cannot fill in "Trade-in": what is open is "Test Drive"')
    expect(() => jenny.fill('Test Drive', { colour: 'red' })).toThrow('it has "brand", "model"')
    jenny.fill('Test Drive', { brand: 'Audi', model: 'A4 Avant' })
    expect(sandbox.data('conversations').get(jenny.conversation)).toMatchObject({
      forms: [{ id: form.id, values: { brand: 'Audi', model: 'A4 Avant' } }],
    })
  })

  it('sees what is meant for them, and says what further fields are given', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({
      name: 'Jenny',
      profile: { telephone: '+31600000000' },
      conversation: { touchpoint: 'sms', meta: { topic: 'cars' } },
    })
    sandbox.post(jenny.conversation, { text: 'for the team' })
    sandbox.post(jenny.conversation, { text: 'for Jenny', role: 'agent' })
    jenny.send('a picture', { contentType: 'image/png' })
    expect(jenny.seen.map(({ text }) => text)).toEqual(['for Jenny', 'a picture'])
    expect(jenny.messages.at(-1)).toMatchObject({ contentType: 'image/png' })
    expect(sandbox.data('contacts').get(jenny.id)).toMatchObject({ profile: { telephone: '+31600000000' } })
    expect(sandbox.data('conversations').get(jenny.conversation)).toMatchObject({
      touchpoint: 'sms',
      meta: { topic: 'cars' },
    })
  })

  it('finds silence when the bot says nothing to them, and is told of what it says', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('thank you')
    sandbox.post(jenny.conversation, { type: 'command', text: '/leave' })
    await jenny.silence()
    sandbox.post(jenny.conversation, { text: 'You are welcome', role: 'agent' })
    await expect(jenny.silence()).rejects.toThrow('Jenny was to get no reply, and the bot said "You are welcome"')
  })

  it('is told at once that nobody is there, and of calls of the bot that failed', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const waiting = expect(jenny.say('hi', { timeoutMs: 60_000 })).rejects.toThrow(
      'Jenny got no reply: the bot crashed (exit code 1)',
    )
    sandbox.reportBot('the bot crashed (exit code 1)')
    await waiting
    sandbox.reportBot(null)
    jenny.send('again')
    await fetch(`${sandbox.api}/v2/conversations/${jenny.conversation}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'nonsense' }),
    })
    await expect(jenny.replies(1, { timeoutMs: 50 })).rejects.toThrow(
      /POST \/v2\/conversations\/:id\/messages of the bot was answered 400: type must be one of/,
    )
  })
})

describe('An agent', () => {
  it('sees everything, speaks in every conversation, and takes part by commands', async () => {
    const sandbox = await silentBotForTest()
    const [jenny, jack] = [await sandbox.contact({ name: 'Jenny' }), await sandbox.contact({ name: 'Jack' })]
    const alex = await sandbox.agent({ name: 'Alex' })
    const there = alex.in(jenny.conversation)
    sandbox.post(jenny.conversation, { text: 'a note' })
    there.accept()
    there.send('I have this one')
    there.send('a secret', { isBackchannel: true })
    alex.in(jack.conversation).join()
    expect(there.seen.map(({ text }) => text)).toEqual(['a note', '/accept', 'I have this one', 'a secret'])
    expect(jenny.seen.map(({ text }) => text)).toEqual(['I have this one'])
    expect(sandbox.data('conversations').get(jenny.conversation)?.['participants']).toContainEqual(
      expect.objectContaining({ name: 'Alex', active: true, accepted: true }),
    )
    there.leave()
    there.assign()
    expect(there.messages.slice(-2)).toMatchObject([{ text: '/leave' }, { meta: { users: [sandbox.botId] } }])
  })

  it('talks to the bot by mentions and commands, and gets what it says to the team', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const alex = (await sandbox.agent()).in(jenny.conversation)
    expect(alex.mention('help')).toMatchObject({ type: 'mention', text: '@Echo help', isBackchannel: true })
    sandbox.post(jenny.conversation, { text: 'Ask me anything', isBackchannel: true })
    expect(await alex.replies(1)).toMatchObject([{ text: 'Ask me anything' }])
    const heard = alex.command('>help')
    await alex.heard(heard)
    expect(sandbox.deliveries.at(-1)).toMatchObject({
      event: 'message.create.contact.command',
      message: heard.id,
      attempts: [{ status: 200 }],
    })
    expect(sandbox.deliveries.at(-1)?.payload()).toMatchObject({ data: { message: { text: '>help' } } })
  })
})

describe('The sandbox', () => {
  it('opens conversations of any type', async () => {
    const sandbox = await silentBotForTest()
    const team = sandbox.conversation({ type: 'system', name: 'Imports' })
    const alex = (await sandbox.agent({ name: 'Alex', role: 'admin' })).in(team.id)
    alex.command('>import')
    await alex.silence()
    expect(sandbox.deliveries.at(-1)?.event).toBe('message.create.system.command')
    expect(sandbox.conversation().type).toBe('bot')
  })

  it('settles when what is under way is answered, and looks again at whatever happens', async () => {
    let answered = 0
    const bot = await recordingBotForTest({
      answer: () => {
        answered += 1
        return { status: 200 }
      },
    })
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    for (const text of ['one', 'two', 'three']) jenny.send(text)
    await sandbox.settled({ quietMs: 5 })
    expect(answered).toBe(3)
    const found = sandbox.until(() => jenny.messages.find(({ text }) => text === '/leave') ?? null)
    sandbox.post(jenny.conversation, { type: 'command', text: '/leave' })
    expect(await found).toMatchObject({ type: 'command' })
    await expect(sandbox.until(() => null, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'DEVHOOK_UNTIL' })
  })

  it('remembers calls with what was sent and answered', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    const headers = { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' }
    await fetch(`${sandbox.api}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ text: 'hi', role: 'agent' }),
    })
    const call = await sandbox.until(() => sandbox.calls.at(-1) ?? null)
    expect(call).toMatchObject({
      method: 'POST',
      path,
      status: 201,
      conversation: jenny.conversation,
      body: { text: 'hi' },
      response: { text: 'hi', role: 'agent' },
    })
  })

  it('lets nobody speak once it is closed', async () => {
    const sandbox = await silentBotForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await sandbox.close()
    expect(() => jenny.send('hello?')).toThrow(expect.objectContaining({ code: 'DEVHOOK_SANDBOX_CLOSED' }))
    await expect(sandbox.settled()).rejects.toMatchObject({ code: 'DEVHOOK_SANDBOX_CLOSED' })
  })
})
