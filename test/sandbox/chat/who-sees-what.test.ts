// Whose a message is, and who sees it.
import { describe, expect, it } from 'vitest'
import { buildConversation, buildMessage } from '../../../src/protocol/documents.ts'
import type { Message } from '../../../src/protocol/resources.ts'
import { unseenByContact } from '../../../src/protocol/visibility.ts'
import { getIn } from '../../../src/sandbox/json-path.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

const conversation = buildConversation({ id: 'c', organization: 'o', name: 'Jenny', time: new Date() })
const message = (fields: Partial<Message>): Message => ({
  ...buildMessage({ id: 'm', conversation, role: 'agent', author: 'a', text: 'hi', time: new Date() }),
  ...fields,
})

const post = (sandbox: Sandbox, id: string, body: unknown, token = sandbox.token) =>
  callApi({ api: sandbox.api, token }, 'POST', `/v2/conversations/${id}/messages`, body)

async function tokenOf(sandbox: Sandbox, email: string): Promise<string> {
  const login = { email, password: 'any' }
  const { body } = await callApi({ api: sandbox.api, token: '' }, 'POST', '/v2/auth/token', login)
  return String(getIn(body, ['token']))
}

describe('The contact of a conversation', () => {
  it.each([
    [{ role: 'contact' }, null],
    [{ role: 'agent' }, null],
    [{ role: 'agent', type: 'card' }, null],
    [{ role: 'agent', type: 'postback' }, null],
    [{ role: 'bot', type: 'form' }, null],
    [{ role: 'bot' }, 'role'],
    [{ role: 'bot', type: 'card' }, 'role'],
    [{ role: 'agent', isBackchannel: true }, 'backchannel'],
    [{ role: 'agent', type: 'command', text: '/assign' }, 'type'],
    [{ role: 'agent', type: 'report' }, 'type'],
    [{ role: 'agent', text: '>cs /set @category 2' }, 'widget-call'],
  ] as const)('sees or does not see %j', (fields, unseen) => {
    expect(unseenByContact(message(fields))).toBe(unseen)
  })

  it('gets as answers what they see, and is told of the rest when there is none', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await post(sandbox, jenny.conversation, [
      { text: 'for the team' },
      { text: 'a note', role: 'agent', isBackchannel: true },
    ])
    await expect(jenny.replies(1, { timeoutMs: 50 })).rejects.toThrow(
      'Jenny got no reply within 50ms: the bot wrote 2 messages that Jenny does not see (role "bot", type "chat")',
    )
    await post(sandbox, jenny.conversation, { text: 'hello', role: 'agent' })
    expect(await jenny.replies(1)).toMatchObject([{ text: 'hello' }])
  })
})

describe('The author of a message', () => {
  it('is the owner of the token, whatever the role, unless the body names somebody', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny', email: 'jenny@example.com' })
    const [alex, asJenny] = await Promise.all([
      tokenOf(sandbox, 'alex@sandbox.example'),
      tokenOf(sandbox, 'jenny@example.com'),
    ])
    const { body: agents } = await callApi(sandbox, 'GET', '/v2/users?role=agent')
    const agent = getIn(agents, [0, 'id'])
    const bot = sandbox.botId
    for (const [body, token, author] of [
      [{ text: 'a' }, sandbox.token, { role: 'bot', user: bot, createdBy: bot }],
      [{ text: 'b', role: 'agent' }, sandbox.token, { role: 'agent', user: bot, createdBy: bot }],
      [{ text: 'c', role: 'agent', user: agent }, sandbox.token, { role: 'agent', user: agent, createdBy: bot }],
      [{ text: 'd' }, alex, { role: 'agent', user: agent, createdBy: agent }],
      [{ text: 'e' }, asJenny, { role: 'contact', user: jenny.id, contact: jenny.id, createdBy: jenny.id }],
      [{ text: 'f', user: agent }, asJenny, { role: 'contact', user: jenny.id }],
    ] as const) {
      expect(await post(sandbox, jenny.conversation, body, token)).toMatchObject({ status: 201, body: author })
    }
    expect(await post(sandbox, jenny.conversation, { text: 'g', role: 'agent' }, asJenny)).toMatchObject({
      status: 403,
    })
  })

  it('is a user whom a bot can look up and mention, a contact too', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    const [delivery] = await bot.waitFor(1)
    expect(JSON.parse(String(delivery?.body))).toMatchObject({
      activity: { actor: { id: `${sandbox.api}/v2/users/${jenny.id}` }, summary: 'User Jenny created a chat message' },
      data: { message: { user: jenny.id }, links: { user: `${sandbox.api}/v2/users/${jenny.id}` } },
    })
    expect(await callApi(sandbox, 'GET', `/v2/users/${jenny.id}`)).toMatchObject({
      status: 200,
      body: { id: jenny.id, name: 'Jenny', role: 'guest' },
    })
  })

  it('every field that was posted is kept', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const fields = {
      text: 'https://example.com/a.png',
      role: 'agent',
      contentType: 'image/png',
      isBackchannel: true,
      actions: [{ type: 'reply', text: 'Red', payload: 'RED' }],
      items: [{ title: 'One' }],
      touchpoint: 'sms',
      meta: { SenderID: 'x' },
      anything: { else: 1 },
    }
    const { body } = await post(sandbox, jenny.conversation, { ...fields, id: 'mine', organization: 'mine', path: 'x' })
    expect(body).toMatchObject(fields)
    expect(body).toMatchObject({ organization: sandbox.organizationId, conversation: jenny.conversation })
    const id = String(getIn(body, ['id']))
    expect(body).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{24}$/), path: id })
    expect((await callApi(sandbox, 'GET', `/v2/messages/${id}`)).body).toEqual(body)
  })

  it('of messages in the body of an answer is the bot, or the owner of the token beside them', async () => {
    const tokens: { alex?: string } = {}
    const bot = await recordingBotForTest({
      answer: () => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: tokens.alex, messages: [{ text: 'yes', role: 'agent' }] }),
      }),
    })
    const sandbox = await sandboxForTest({ registered: { url: bot.url, events: ['message.create.contact.postback'] } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.post({ type: 'postback', text: 'A' })
    expect(await jenny.replies(1)).toMatchObject([{ text: 'yes', user: sandbox.botId }])
    tokens.alex = sandbox.others.agent
    const heard = new Promise((resolve) => {
      sandbox.on((notice) => notice.type === 'message' && notice.message.text === 'yes' && resolve(notice))
    })
    jenny.post({ type: 'postback', text: 'B' })
    expect(await heard).toMatchObject({ byBot: false, message: { text: 'yes' } })
    expect(jenny.messages.at(-1)?.user).not.toBe(sandbox.botId)
  })
})
