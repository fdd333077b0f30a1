// Events that few things in a sandbox cause: channels that are notified, messages and services in error.
import { describe, expect, it } from 'vitest'
import { asRecord, textIn } from '../../src/core/json.ts'
import { FAILED_ATTEMPTS } from '../../src/sandbox/webhooks/service-errors.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'

/** A sandbox with a bot that hears of some events. */
async function hearing(...events: string[]) {
  const bot = await recordingBotForTest()
  const sandbox = await sandboxForTest({ registered: { url: bot.url, events } })
  const bodies = () => bot.deliveries().map(({ body }) => JSON.parse(body.toString()))
  const create = async (resource: string, body: unknown): Promise<string> => {
    const answer = await callApi(sandbox, 'POST', `/v2/${resource}`, body)
    expect(answer.status).toBe(201)
    return textIn(asRecord(answer.body), 'id') ?? ''
  }
  return { bot, sandbox, bodies, create }
}

describe('A channel', () => {
  it('that a conversation is notified to is told of it', async () => {
    const { bot, sandbox, bodies, create } = await hearing('channel.notify')
    const channel = await create('channels', { name: 'Service desk' })
    const { conversation } = await sandbox.contact({ name: 'Jenny' })
    const command = { type: 'command', text: '/notify', meta: { channels: [channel, 'unknown', 5], organizations: [] } }
    await create(`conversations/${conversation}/messages`, command)
    await create(`conversations/${conversation}/messages`, { ...command, meta: {} })
    await bot.waitFor(1)
    expect(bodies()).toMatchObject([
      {
        event: 'channel.notify',
        data: {
          channel: { id: channel, name: 'Service desk' },
          conversation: { id: conversation },
          message: { text: '/notify' },
          links: { channel: `${sandbox.api}/v2/channels/${channel}` },
        },
      },
    ])
  })
})

describe('A message', () => {
  it('that the contact has no address for is in error', async () => {
    const { bot, sandbox, bodies, create } = await hearing('message.error')
    const { conversation } = await sandbox.contact({ name: 'Jenny', email: 'jenny@example.com' })
    const say = (more: Readonly<Record<string, unknown>>) =>
      create(`conversations/${conversation}/messages`, { text: 'Your car is ready', role: 'agent', ...more })
    await say({})
    await say({ touchpoint: 'email' })
    await say({ touchpoint: 'sms', role: 'bot' })
    await say({ touchpoint: 'sms', isBackchannel: true })
    const id = await say({ touchpoint: 'sms' })
    await bot.waitFor(1)
    expect(bodies()).toMatchObject([
      {
        event: 'message.error',
        data: { message: { id, status: 'error', error: { message: 'The contact has no telephone' } } },
      },
    ])
  })
})

describe('A service', () => {
  it('that does not answer the challenge is in error', async () => {
    const { bot, sandbox, bodies, create } = await hearing('service.error')
    const other = await recordingBotForTest({ challenge: false })
    const id = await create('services', { name: 'Other', type: 'webhook', params: { url: other.url } })
    await bot.waitFor(1)
    const asked = await callApi(sandbox, 'PATCH', `/v2/services/${id}`, { status: 'active' })
    expect(asked.status).toBe(403)
    await bot.waitFor(2)
    const error = { message: 'The callback URL could not be verified' }
    expect(bodies()).toMatchObject([
      { event: 'service.error', data: { service: { id, status: 'error', error } } },
      { event: 'service.error' },
    ])
    expect(JSON.stringify(bodies())).not.toContain('secret')
  })

  it('whose deliveries keep failing is in error once, until one gets through again', async () => {
    const { sandbox, bodies, create } = await hearing('service.error')
    const other = await recordingBotForTest()
    const params = { url: other.url, events: ['message.create.contact.chat'] }
    const id = await create('services', { name: 'Other', type: 'webhook', params })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const failAndRecover = async (times: number): Promise<void> => {
      other.answerWith({ status: 500 })
      const before = other.deliveries().length
      jenny.send('one')
      jenny.send('two')
      await other.waitFor(before + 2 * FAILED_ATTEMPTS + 2)
      await expect.poll(() => bodies().length).toBe(times)
      other.answerWith({ status: 200 })
      await eventually(() => sandbox.deliveries.every(({ state }) => state === 'delivered'))
    }
    await failAndRecover(1)
    expect(bodies()).toMatchObject([
      { data: { service: { id, error: { message: 'The callback URL could not be reached' } } } },
    ])
    await failAndRecover(2)
  })
})
