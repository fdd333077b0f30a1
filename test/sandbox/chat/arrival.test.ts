// How the bot comes into conversations, and what becomes of them.
import { describe, expect, it } from 'vitest'
import { getIn } from '../../../src/sandbox/json-path.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

async function stateOf(sandbox: Sandbox, id: string) {
  const { body } = await callApi({ ...sandbox, token: sandbox.others.admin }, 'GET', `/v2/conversations/${id}`)
  return { status: getIn(body, ['status']), participants: getIn(body, ['participants']) }
}
const say = (sandbox: Sandbox, id: string, body: unknown) =>
  callApi(sandbox, 'POST', `/v2/conversations/${id}/messages`, body)
const textsOf = (messages: readonly { readonly text: string }[]): string[] => messages.map(({ text }) => text)

describe('The bot', () => {
  it('is assigned a conversation when its contact writes, once, and accepts it by answering', async () => {
    const bot = await recordingBotForTest()
    const sandbox = await sandboxForTest({ arrival: 'assigned', registered: { url: bot.url } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    expect(await stateOf(sandbox, jenny.conversation)).toEqual({ status: 'queued', participants: [] })

    jenny.send('hi')
    jenny.send('anybody there?')
    expect(textsOf(jenny.messages)).toEqual(['hi', '/assign', 'anybody there?'])
    const inbox = { user: sandbox.botId, role: 'bot', active: false, accepted: false, inbox: true }
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'queued', participants: [inbox] })
    const deliveries = await bot.waitFor(3)
    const events = deliveries.map(({ body }) => JSON.parse(body.toString()))
    expect(events.find(({ event }) => event.endsWith('.command'))).toMatchObject({
      event: 'message.create.contact.command',
      data: {
        conversation: { participants: [inbox] },
        message: { role: 'agent', text: '/assign', meta: { users: [sandbox.botId] } },
      },
    })

    await say(sandbox, jenny.conversation, { text: 'yes', role: 'agent' })
    const accepted = { ...inbox, active: true, accepted: true, inbox: false }
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'active', participants: [accepted] })
  })

  it('that leaves closes the conversation, and is assigned it again when the contact writes', async () => {
    const sandbox = await sandboxForTest({ arrival: 'assigned' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await say(sandbox, jenny.conversation, [
      { text: 'bye', role: 'agent' },
      { text: '/leave', type: 'command' },
    ])
    const gone = { user: sandbox.botId, active: false, accepted: false, inbox: false }
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'closed', participants: [gone] })
    jenny.send('one more thing')
    expect(textsOf(jenny.messages)).toEqual(['hi', '/assign', 'bye', '/leave', 'one more thing', '/assign'])
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'queued' })
  })

  it('that only speaks to the team joins, and has not accepted', async () => {
    const sandbox = await sandboxForTest({ arrival: 'absent' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    expect(textsOf(jenny.messages)).toEqual(['hi'])
    expect(await stateOf(sandbox, jenny.conversation)).toEqual({ status: 'queued', participants: [] })
    await say(sandbox, jenny.conversation, { text: 'a note', role: 'agent', isBackchannel: true })
    const joined = { user: sandbox.botId, active: true, accepted: false, inbox: false }
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'queued', participants: [joined] })
  })

  it('that joins everything has accepted each conversation, again when its contact comes back', async () => {
    const sandbox = await sandboxForTest({ arrival: 'joined' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const accepted = { status: 'active', participants: [{ user: sandbox.botId, active: true, accepted: true }] }
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject(accepted)
    await say(sandbox, jenny.conversation, { text: '/leave', type: 'command' })
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'closed' })
    jenny.send('hi')
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject(accepted)
    expect(textsOf(jenny.messages)).toEqual(['/leave', 'hi'])
  })
})

describe('A conversation', () => {
  it('stays with an agent who has accepted it, whatever its contact writes', async () => {
    const sandbox = await sandboxForTest({ arrival: 'assigned' })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const alex = { ...sandbox, token: sandbox.others.agent }
    await say(alex, jenny.conversation, { text: 'Alex here' })
    jenny.send('hi')
    expect(textsOf(jenny.messages)).toEqual(['Alex here', 'hi'])
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({
      status: 'active',
      participants: [{ name: 'Alex Agent', role: 'agent', accepted: true }],
    })
    await say(sandbox, jenny.conversation, { text: '/leave', type: 'command' })
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'active' })
    await say(alex, jenny.conversation, { text: '/leave', type: 'command' })
    await say(alex, jenny.conversation, { text: '/notify', type: 'command' })
    expect(await stateOf(sandbox, jenny.conversation)).toMatchObject({ status: 'queued' })
  })
})
