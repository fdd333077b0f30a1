// What whoever writes the bot is told while it talks.
import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

async function sceneForTest(options: SandboxOptions = {}) {
  const sandbox = await sandboxForTest(options)
  const told: string[] = []
  sandbox.on((notice) => {
    if (notice.type === 'hint') told.push(`${notice.kind}: ${notice.message}`)
  })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  const say = (body: unknown) => callApi(sandbox, 'POST', `/v2/conversations/${jenny.conversation}/messages`, body)
  return { sandbox, told, jenny, say }
}

describe('A hint', () => {
  it('says once that the contact does not see what has the role bot', async () => {
    const { told, say } = await sceneForTest()
    await say({ text: 'a note', isBackchannel: true, role: 'agent' })
    await say({ text: '/join', type: 'command' })
    expect(told).toEqual([])
    await say([{ text: 'one' }, { text: 'two' }])
    expect(told).toEqual([
      'unseen: the bot wrote 1 message with role "bot": agents see it, Jenny does not; send it with role: \'agent\'',
    ])
  })

  it('says nothing of what an agent or the team among itself writes', async () => {
    const { sandbox, told, jenny } = await sceneForTest()
    const path = `/v2/conversations/${jenny.conversation}/messages`
    await callApi({ ...sandbox, token: sandbox.others.agent }, 'POST', path, { text: 'x', role: 'bot' })
    await callApi(sandbox, 'POST', '/v2/conversations', { name: 'Team', messages: [{ text: 'for the team' }] })
    expect(told).toEqual([])
  })

  it('names a button without a payload', async () => {
    const { told, say } = await sceneForTest()
    await say({
      text: 'Which?',
      role: 'agent',
      actions: [
        { type: 'link', text: 'Home', uri: 'https://example.com' },
        { type: 'reply', text: 'Red', payload: 'RED' },
        { type: 'postback', text: 'Green' },
      ],
    })
    expect(told).toEqual(['buttonMute: the button "Green" of the bot has no payload'])
  })

  it('names a call that was refused, once for each kind of it, and what the sandbox does not have', async () => {
    const { sandbox, told } = await sceneForTest({ scope: 'bot' })
    await callApi(sandbox, 'GET', '/v2/conversations/000000000000000000000001')
    await callApi(sandbox, 'GET', '/v2/conversations/000000000000000000000002')
    await callApi(sandbox, 'GET', '/v2/services?type=webhook')
    await callApi(sandbox, 'GET', '/v2/dreams')
    await callApi({ ...sandbox, token: sandbox.others.agent }, 'GET', '/v2/users')
    await expect
      .poll(() => told)
      .toEqual([
        'botCallFailed: GET /v2/conversations/000000000000000000000001 of the bot was answered 404: Conversation not found',
        'botCallFailed: GET /v2/services of the bot was answered 403: Permission denied: admin scope required',
        'notInSandbox: the sandbox does not have GET /v2/dreams',
      ])
  })

  it('names a form that the bot opens and nobody knows', async () => {
    const { sandbox, told, say } = await sceneForTest()
    sandbox.data('forms').create({ name: 'Test Drive', fields: [] })
    const opens = (text: string) => say({ type: 'form', text, role: 'agent' })
    await opens('+Test Drive')
    await opens('-Review')
    expect(told).toEqual([])
    await opens('+Review')
    await opens('+Review')
    expect(told).toEqual([
      'notInSandbox: the bot opens the form "Review", and the sandbox has none such: with `--scope admin` the bot can make one (`POST /v2/forms`)',
    ])
  })

  it('says when a call is one too many, which an SDK loses', async () => {
    const { told, say } = await sceneForTest({ rateLimit: 1 })
    await say({ text: 'one', role: 'agent' })
    await say({ text: 'two', role: 'agent' })
    await expect.poll(() => told.join()).toMatch(/botCallFailed: POST .* answered 429: Rate limit exceeded/)
  })

  it('says when a delivery is nearly too long for the server of the SDK', async () => {
    const { told, jenny } = await sceneForTest()
    jenny.send('x'.repeat(80_000))
    await expect.poll(() => told).toEqual([])
    jenny.send('x'.repeat(95_000))
    await expect.poll(() => told).toEqual(['bodyNearLimit: message.create.contact.chat was delivered with 97 kB'])
  })

  it('says when the bot gives the same answer to what came twice', async () => {
    const bot = await recordingBotForTest({ answer: (_, n) => ({ status: n === 1 ? 500 : 200 }) })
    const { told, jenny, say } = await sceneForTest({
      registered: { url: bot.url, events: ['message.create.contact.postback'] },
    })
    jenny.post({ type: 'postback', text: 'ORDER' })
    await say({ text: 'ordered', role: 'agent' })
    await bot.waitFor(2)
    await expect.poll(() => told).toEqual([])
    await say({ text: 'ordered', role: 'agent' })
    expect(told).toEqual(['answeredTwice: the bot said "ordered" twice: "ORDER" had been delivered twice'])
  })
})
