// Documents of every resource: made, replaced, populated, and what is refused.
import { describe, expect, it } from 'vitest'
import { getIn } from '../../../src/sandbox/json-path.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

describe('The documents of the sandbox', () => {
  it('a contact who is known goes on in the conversation they have', async () => {
    const sandbox = await sandboxForTest()
    const contact = { profile: { telephone: '+31612345678', givenName: 'Barack', familyName: 'Obama' } }
    const open = (text: string, more = {}) =>
      callApi(sandbox, 'POST', '/v2/conversations', { contact, messages: [{ text }], ...more })
    const first = await open('one')
    expect(first).toMatchObject({ status: 201, body: { name: 'Barack Obama', type: 'contact' } })
    const again = await open('two', { name: 'Another' })
    expect(again).toMatchObject({ status: 200, body: { id: getIn(first.body, ['id']), name: 'Barack Obama' } })
    expect(getIn(again.body, ['messages'])).toHaveLength(2)
    const [known] = [(await callApi(sandbox, 'GET', `/v2/contacts?profile.telephone=%2B31612345678`)).body]
    expect(known).toMatchObject([{ name: 'Barack Obama', conversation: getIn(first.body, ['id']) }])
    const unknown = await callApi(sandbox, 'POST', '/v2/conversations', { contact: 'a'.repeat(24) })
    expect(unknown).toMatchObject({ status: 400, body: { error: { message: 'Contact not found' } } })
  })

  it('PUT replaces a message, but not whose it is', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}/messages`
    const actions = [{ type: 'reply', text: 'Red', payload: 'RED' }]
    const { body } = await callApi(sandbox, 'POST', path, { text: 'a', role: 'agent', actions, meta: { a: 1 } })
    const own = `/v2/messages/${String(getIn(body, ['id']))}`
    const replaced = await callApi(sandbox, 'PUT', own, { text: 'b', user: 'x', conversation: 'y' })
    const whose = { user: sandbox.botId, conversation: jenny.conversation, role: 'agent' }
    expect(replaced).toMatchObject({ status: 200, body: { ...whose, text: 'b', actions: [], meta: {} } })
    expect(await callApi(sandbox, 'PUT', '/v2/messages/1', { text: 'b' })).toMatchObject({ status: 404 })
  })

  it('what they name is populated, however deep it lies', async () => {
    const sandbox = await sandboxForTest()
    const form = String(getIn((await callApi(sandbox, 'POST', '/v2/forms', { name: 'Test Drive' })).body, ['id']))
    const own = `/v2/organizations/${sandbox.organizationId}`
    await callApi(sandbox, 'PATCH', own, { categories: [{ name: 'New', forms: [form, 'unknown'] }, { name: 'Used' }] })
    expect((await callApi(sandbox, 'GET', `${own}?populate=categories.forms`)).body).toMatchObject({
      categories: [{ name: 'New', forms: [{ id: form, name: 'Test Drive' }, 'unknown'] }, { name: 'Used' }],
    })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}?populate=participants.user,contact,organization`
    expect((await callApi(sandbox, 'GET', path)).body).toMatchObject({
      participants: [{ user: { id: sandbox.botId, name: 'Echo' } }],
      contact: { name: 'Jenny' },
      organization: { displayName: 'DEVELOPER: Sandbox' },
    })
  })

  it('types that are not documented are refused', async () => {
    const sandbox = await sandboxForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const path = `/v2/conversations/${jenny.conversation}`
    for (const [method, asked, body] of [
      ['POST', `${path}/messages`, { text: 'x', type: 'nonsense' }],
      ['POST', `${path}/messages`, { text: 'x', type: 'a.b' }],
      ['POST', `${path}/messages`, { text: 'x', actions: ['Red'] }],
      ['POST', `${path}/messages`, { text: 'x', delay: 'soon' }],
      ['POST', `${path}/messages`, [{ text: 'fine' }, { text: 'x', role: 'ghost' }]],
      ['POST', '/v2/conversations', { type: 'nonsense' }],
      ['PATCH', path, { status: 'asleep' }],
    ] as const) {
      const answer = await callApi(sandbox, method, asked, body)
      expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.any(String) } } })
    }
    expect(jenny.messages).toEqual([])
  })

  it('of bots and services are announced without the secrets of their webhooks', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({
      registered: { url: bot.url, events: ['service.create', 'bot.update'], secret: 'hidden' },
    })
    await callApi(sandbox, 'POST', '/v2/services', {
      name: 'SMS',
      type: 'twilio',
      params: { secret: 'hidden', from: '1' },
    })
    await callApi(sandbox, 'PATCH', `/v2/bots/${sandbox.botId}`, { name: 'Renamed' })
    const payloads = (await bot.waitFor(2)).map(({ body }) => body.toString())
    expect(payloads.map((payload) => String(JSON.parse(payload).event)).toSorted()).toEqual([
      'bot.update',
      'service.create',
    ])
    expect(payloads.join()).toContain('"from":"1"')
    expect(payloads.join()).not.toContain('hidden')
  })

  it('a message with a delay is said later, whatever came meanwhile, and not at all once the conversation is gone', async () => {
    const sandbox = await sandboxForTest()
    const [jenny, jack] = [await sandbox.contact({ name: 'Jenny' }), await sandbox.contact({ name: 'Jack' })]
    const path = `/v2/conversations/${jenny.conversation}`
    const later = await callApi(sandbox, 'POST', `${path}/messages`, { text: 'later', role: 'agent', delay: 60 })
    expect(later).toMatchObject({ status: 201, body: { text: 'later', id: expect.any(String) } })
    jenny.send('meanwhile')
    const heard = new Promise<void>((resolve) => {
      sandbox.on((notice) => void (notice.type === 'message' && notice.message.text === 'later' && resolve()))
    })
    await heard
    expect(jenny.messages.map(({ text }) => text)).toEqual(['meanwhile', 'later'])
    const gone = `/v2/conversations/${jack.conversation}`
    await callApi(sandbox, 'POST', `${gone}/messages`, { text: 'never', role: 'agent', delay: 1 })
    await callApi(sandbox, 'DELETE', gone)
    expect(await callApi(sandbox, 'GET', gone)).toMatchObject({ status: 404 })
  })
})
