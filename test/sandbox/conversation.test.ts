// A person, the sandbox and the unmodified chipchat SDK talk to each other.

import { describe, expect, it } from 'vitest'
import { getIn } from '../../src/sandbox/json-path.ts'
import { callApi, echoBotForTest, recordingBotForTest, sandboxForTest } from '../support/platform/sandboxes.ts'

describe('A conversation in the sandbox', () => {
  it('a contact says hi and the real SDK answers', async () => {
    const sandbox = await sandboxForTest()
    const bot = await echoBotForTest(sandbox)
    await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
    expect(sandbox.registration()).toMatchObject({ status: 'active' })

    const jenny = await sandbox.contact({ name: 'Jenny' })
    const reply = await jenny.say('hi')

    expect(reply).toMatchObject({ text: 'You said: hi', role: 'agent', user: sandbox.botId, type: 'chat' })
    expect(jenny.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual(['contact: hi', 'agent: You said: hi'])
    expect(bot.output()).not.toContain('signature')
  })

  it('the SDK refreshes an expired token by itself, and the answer still arrives', async () => {
    const sandbox = await sandboxForTest()
    const bot = await echoBotForTest(sandbox)
    await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await jenny.say('before')

    sandbox.expireTokens()
    expect(await jenny.say('after')).toMatchObject({ text: 'You said: after' })

    const calls = () =>
      sandbox.calls.map(({ method, path, status }) => `${method} ${path.replace(/[0-9a-f]{24}/, ':id')} ${status}`)
    const post = 'POST /v2/conversations/:id/messages'
    // The reply is there before the call that posted it has ended.
    await expect.poll(calls).toEqual([`${post} 201`, `${post} 401`, 'POST /v2/auth/token 201', `${post} 201`])
  })

  it('an SDK whose refresh token is refused gives up after one try', async () => {
    const sandbox = await sandboxForTest()
    const bot = await echoBotForTest(sandbox, { REFRESH_TOKEN: sandbox.token })
    await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
    const jenny = await sandbox.contact({ name: 'Jenny' })

    sandbox.expireTokens()
    jenny.send('hi')
    await expect.poll(() => sandbox.deliveries.at(-1)?.state).toBe('delivered')
    await expect(jenny.replies(1, { timeoutMs: 50 })).rejects.toThrow(
      'POST /v2/auth/token of the bot was answered 403: The refresh token was refused',
    )
    expect(sandbox.calls.map(({ status }) => status)).toEqual([401, 403])
  })

  it('several contacts talk at once, each in a conversation of their own', async () => {
    const sandbox = await sandboxForTest()
    const bot = await echoBotForTest(sandbox)
    await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
    const names = Array.from({ length: 20 }, (_, n) => `Contact ${n}`)
    const contacts = await Promise.all(names.map((name) => sandbox.contact({ name })))
    const replies = await Promise.all(contacts.map((contact) => contact.say(`I am ${contact.name}`)))
    expect(replies.map(({ text }) => text)).toEqual(names.map((name) => `You said: I am ${name}`))
  })

  it('anything that speaks HTTP can be the contact, with a token of the contact', async () => {
    const sandbox = await sandboxForTest()
    const bot = await echoBotForTest(sandbox)
    await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/` })
    const jenny = await sandbox.contact({ name: 'Jenny', email: 'jenny@example.com' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    const { body } = await callApi({ api: sandbox.api, token: '' }, 'POST', '/v2/auth/token', {
      email: 'jenny@example.com',
      password: 'any',
    })
    const token = String(getIn(body, ['token']))
    const posted = await callApi({ api: sandbox.api, token }, 'POST', path, { text: 'by HTTP' })
    expect(posted).toMatchObject({ status: 201, body: { role: 'contact', contact: jenny.id, text: 'by HTTP' } })
    expect((await jenny.replies(1))[0]).toMatchObject({ text: 'You said: by HTTP' })
  })

  it('a bot may answer in the body of its answer instead of through the API', async () => {
    const bot = await recordingBotForTest({
      answer: {
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({
          messages: [
            { text: 'Small or large?', role: 'agent' },
            { text: '' },
            { text: 7 },
            { text: 'Tea?', role: 'agent' },
          ],
        }),
      },
    })
    const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['message.create.contact.postback'] } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.post({ type: 'postback', text: 'ORDER' })
    const replies = await jenny.replies(2)
    expect(replies.map(({ role, text }) => `${role}: ${text}`)).toEqual(['agent: Small or large?', 'agent: Tea?'])
  })

  it('replies counts from what the contact said last, and leaves out what the contact does not see', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    const role = 'agent'
    await callApi(sandbox, 'POST', path, { text: 'too early', role })
    jenny.send('hello')
    await callApi(sandbox, 'POST', path, [
      { text: '/join', type: 'command' },
      { text: 'one', role },
      { text: 'a note', role, isBackchannel: true },
      { text: 'to the team' },
      { text: 'two', role },
    ])
    expect((await jenny.replies(2)).map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it.each([
    ['nobody is registered', { events: ['user.*'] }, 'Jenny got no reply: nobody is registered for this event'],
    ['the bot fails', { url: 'FAILS' }, /failed with status 500 \(to be tried again\)/],
    ['the bot says nothing', { url: 'SILENT' }, /answered 200, but the bot posted nothing/],
    ['nothing listens', { url: 'CLOSED' }, /failed: .*ECONNREFUSED/],
    ['the bot hangs', { url: 'HANGS' }, /has not answered the delivery yet/],
  ])('a contact is told what happened instead of a reply: %s', async (_, registered, message) => {
    const closed = await recordingBotForTest()
    await closed.close()
    const urls: Readonly<Record<string, string>> = {
      FAILS: (await recordingBotForTest({ answer: { status: 500 } })).url,
      SILENT: (await recordingBotForTest()).url,
      CLOSED: closed.url,
      HANGS: (await recordingBotForTest({ answer: 'hang' })).url,
    }
    const { url } = { url: '', ...registered }
    const sandbox = await sandboxForTest({
      registered: { ...registered, url: urls[url] ?? 'https://bots.example.com/' },
    })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const tried = url !== '' && url !== 'HANGS'
    await expect.poll(() => (sandbox.deliveries[0]?.attempts.length ?? 0) > 0).toBe(tried)
    await expect(jenny.replies(1, { timeoutMs: 50 })).rejects.toThrow(message)
  })

  it('a delivery that was given up ends the wait at once', async () => {
    const bot = await recordingBotForTest({ answer: { status: 503 } })
    const sandbox = await sandboxForTest({ registered: { url: bot.url }, retry: { forMs: 0 } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await expect(jenny.say('hi', { timeoutMs: 60_000 })).rejects.toThrow(/^Jenny got no reply: .* 503 \(given up\)/)
  })

  it('a wait ends with its signal, and with the sandbox', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const controller = new AbortController()
    const waits = [jenny.say('hi', { signal: controller.signal }), jenny.say('hi')]
    controller.abort(new Error('enough'))
    await expect(waits[0]).rejects.toThrow('enough')
    const closed = expect(waits[1]).rejects.toThrow('the sandbox was closed')
    await sandbox.close()
    await closed
    await expect(jenny.replies(1)).rejects.toThrow('the sandbox was closed')
  })

  it('commands change the conversation before their event is sent', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['message.create.*.command'] } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}`
    const command = (text: string, meta = {}) =>
      callApi(sandbox, 'POST', `${path}/messages`, { type: 'command', text, meta })
    const conversation = async () => (await callApi(sandbox, 'GET', path)).body
    const users = async () => getIn(await conversation(), ['participants'])

    await command('/set colour light blue')
    await command('/set __proto__ x')
    expect(getIn(await conversation(), ['meta', 'colour'])).toBe('light blue')
    const [delivery] = await bot.waitFor(1)
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      event: 'message.create.contact.command',
      data: { conversation: { meta: { colour: 'light blue' } }, message: { text: '/set colour light blue' } },
    })
    await command('/set colour ')
    expect(getIn(await conversation(), ['meta', 'colour'])).toBeUndefined()

    await command('/leave')
    expect(await users()).toMatchObject([{ user: sandbox.botId, active: false, accepted: false }])
    await command('/join')
    expect(await users()).toMatchObject([{ user: sandbox.botId, active: true, accepted: false }])
    await command('/accept')
    expect(await users()).toMatchObject([{ user: sandbox.botId, active: true, accepted: true }])
    const { body: agents } = await callApi(sandbox, 'GET', '/v2/users?role=agent')
    const agent = getIn(agents, [0, 'id'])
    await command('/assign', { users: [agent, 'a'.repeat(24)] })
    const assigned = { user: agent, name: 'Alex Agent', role: 'agent', active: false, inbox: true }
    expect(await users()).toMatchObject([{ user: sandbox.botId }, assigned])
    expect(await users()).toHaveLength(2)
    expect(await command('/notify', { channels: ['mail'] })).toMatchObject({ status: 201, body: { text: '/notify' } })
  })
})
