// What a sandbox does for whoever asks it from outside: with a real bot, and in the shapes of the table.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSandboxHandlers } from '../../../src/cli/sandbox/sandbox-handlers.ts'
import { createSandboxPort } from '../../../src/cli/sandbox/sandbox-port.ts'
import { neverAborted } from '../../../src/core/async.ts'
import type { Delivery, Reply } from '../../../src/core/delivery.ts'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { openGateway } from '../../../src/gateway/server.ts'
import { readInput } from '../../../src/inspector/operations/read-input.ts'
import {
  type GivenTo,
  OPERATIONS,
  type OutputOf,
  type SandboxOperation,
} from '../../../src/inspector/operations/table.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createExample } from '../../support/examples.ts'
import { echoBotForTest, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'
import { eventually } from '../../support/wait.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })

/** Asks as the inspector does: the input is read, and what comes back has the shape of the table. */
function asking(sandbox: Sandbox) {
  const handlers = createSandboxHandlers(sandbox)
  return async <N extends SandboxOperation>(name: N, given: GivenTo<N>): Promise<OutputOf<N>> => {
    const output = await handlers[name](readInput(name, given), neverAborted())
    const isShape = ajv.compile(OPERATIONS[name].output.schema)
    // What is sent is what JSON makes of it.
    expect([isShape(JSON.parse(JSON.stringify(output))), isShape.errors]).toEqual([true, null])
    return output
  }
}

async function talkingForTest() {
  const sandbox = await sandboxForTest()
  const bot = await echoBotForTest(sandbox)
  await sandbox.changeRegistration({ url: `http://127.0.0.1:${bot.port}/`, events: ['message.create.*'] })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  return { sandbox, jenny, ask: asking(sandbox) }
}

/** A sandbox in which nobody answers. */
async function quietForTest() {
  const sandbox = await sandboxForTest({ arrival: 'absent' })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  return { sandbox, jenny, ask: asking(sandbox) }
}

/** The gateway of a run that takes no event, however small. */
async function fullGatewayForTest(): Promise<string> {
  const address = createHookAddress()
  const accept = async ({ search }: Delivery): Promise<Reply> => ({
    status: 200,
    headers: [],
    body: Buffer.from(new URLSearchParams(search).get('challenge') ?? ''),
  })
  const gateway = await openGateway({ address, port: null, accept, rejected: () => undefined, maxBodyBytes: 10 })
  onTestFinished(gateway.close)
  return hookUrl(gateway.url, address)
}

const BUTTONS = { text: 'What next?', role: 'agent', actions: [{ type: 'reply', text: 'FAQ', payload: 'faq' }] }

describe('Saying something in a sandbox', () => {
  it('gives the answer of the bot, if a time is given to wait for it', async () => {
    const { ask } = await talkingForTest()
    const { message, answer } = await ask('say', { text: 'hello', timeout: 10_000 })
    expect(message).toMatchObject({ by: 'contact', name: 'Jenny', text: 'hello', unseen: null })
    expect(answer).toMatchObject([{ by: 'bot', text: 'You said: hello', unseen: null, why: null }])
    expect(message.deliveries).toHaveLength(1)
  })

  it('does not wait without a time', async () => {
    const { ask } = await quietForTest()
    expect(await ask('say', { text: 'hello' })).toMatchObject({ message: { text: 'hello' }, answer: [] })
  })

  it('says why no answer came', async () => {
    const { ask } = await quietForTest()
    await expect(ask('say', { text: 'hello', timeout: 50 })).rejects.toMatchObject({ code: 'DEVHOOK_NO_REPLY' })
  })

  it.each(['jenny', 'alex'])('says at once that the run has refused it, whoever speaks: %s', async (as) => {
    const { ask, sandbox } = await quietForTest()
    await sandbox.changeRegistration({ url: await fullGatewayForTest(), events: ['message.create.*'] })
    await expect(ask('say', { text: 'hello', as, timeout: 600_000 })).rejects.toMatchObject({
      code: 'DEVHOOK_NO_REPLY',
      message: expect.stringMatching(/ got no reply: dev-hook refused the delivery with 413: the body is too large$/),
    })
  })

  it.each(['jenny', 'alex'])('says at once that the bot has gone, whoever speaks: %s', async (as) => {
    const { ask, sandbox } = await quietForTest()
    const hung = await recordingBotForTest({ challenge: true, answer: 'hang' })
    await sandbox.changeRegistration({ url: hung.url, events: ['message.create.*'] })
    const asked = ask('say', { text: 'hello', as, timeout: 600_000 })
    const rejected = expect(asked).rejects.toMatchObject({
      code: 'DEVHOOK_BOT_CRASHED',
      message: expect.stringMatching(/ got no reply: the bot has crashed \(exit code 3\)$/),
    })
    await hung.waitFor(1)
    sandbox.reportBot('the bot has crashed (exit code 3)')
    await rejected
  })

  it('says that the bot has gone before it had finished, also when it has said something', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    const hung = await recordingBotForTest({ challenge: true, answer: 'hang' })
    await sandbox.changeRegistration({ url: hung.url, events: ['message.create.contact.*'] })
    const rejected = expect(ask('say', { text: 'hello', timeout: 600_000 })).rejects.toMatchObject({
      code: 'DEVHOOK_BOT_CRASHED',
      message: 'Jenny got no more than 1 reply: the bot has crashed (exit code 3)',
    })
    await hung.waitFor(1)
    sandbox.post(jenny.conversation, { text: 'one moment', role: 'agent' })
    sandbox.reportBot('the bot has crashed (exit code 3)')
    await rejected
  })

  it('speaks as whoever is named, in the conversation that is named or the latest', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    const kim = await sandbox.contact({ name: 'Kim Kimball' })
    const say = async (given: GivenTo<'say'>) => {
      const { message } = await ask('say', given)
      return [message.name, message.by, message.conversation]
    }
    expect(await say({ text: 'a', as: 'kim' })).toEqual(['Kim Kimball', 'contact', kim.conversation])
    expect(await say({ text: 'b', as: 'ALEX' })).toEqual(['Alex Agent', 'agent', kim.conversation])
    expect(await say({ text: 'c', as: 'alex', conversation: jenny.conversation })).toEqual([
      'Alex Agent',
      'agent',
      jenny.conversation,
    ])
    await expect(ask('say', { text: 'd', as: 'Bob' })).rejects.toMatchObject({
      code: 'DEVHOOK_USAGE',
      message:
        'nobody is called `Bob`: there are Jenny (contact), Kim Kimball (contact), Alex Agent (agent), Sam Admin (agent)',
    })
    await expect(ask('say', { text: 'e', conversation: 'nowhere' })).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
  })

  it('reaches those too who came through the API', async () => {
    const { ask, sandbox } = await quietForTest()
    const contact = sandbox.data('contacts').create({ name: 'Api Anna' })
    sandbox.conversation({ contact: contact.id, name: 'Api Anna' })
    expect((await ask('say', { text: 'hi', as: 'api' })).message.name).toBe('Api Anna')
  })
})

describe('A conversation in a sandbox', () => {
  it('shows each message with who sees it, and why the contact does not', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    sandbox.post(jenny.conversation, { text: 'for the team' })
    sandbox.post(jenny.conversation, BUTTONS)
    const { conversation, participants, messages } = await ask('conversation', {})
    expect(conversation).toMatchObject({
      id: jenny.conversation,
      name: 'Jenny',
      messages: 2,
      last: { text: 'What next?' },
    })
    expect(participants.map(({ name }) => name)).toEqual(['Echo'])
    expect(messages).toMatchObject([
      { by: 'bot', text: 'for the team', unseen: 'role', why: expect.stringContaining('role: ') },
      { by: 'bot', unseen: null, why: null, buttons: [{ text: 'FAQ', payload: 'faq', type: 'reply' }] },
    ])
    expect((await ask('conversation', { limit: 1 })).messages).toHaveLength(1)
  })

  it('has buttons that can be pressed, and says which when there is no such button', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    sandbox.post(jenny.conversation, BUTTONS)
    await expect(ask('press', { button: 'Prices' })).rejects.toThrow('"FAQ"')
    expect((await ask('press', { button: 'FAQ' })).message).toMatchObject({
      by: 'contact',
      type: 'postback',
      text: 'faq',
    })
  })

  it('is joined, accepted, assigned and left by an agent', async () => {
    const { ask, jenny } = await quietForTest()
    const part = async (act: GivenTo<'act'>) => {
      await ask('act', { conversation: jenny.conversation, ...act })
      const { participants } = await ask('conversation', { id: jenny.conversation })
      return participants
        .filter(({ role }) => role !== 'guest')
        .map(({ name, active, accepted, inbox }) => [name, active, accepted, inbox])
    }
    expect(await part({ act: 'join' })).toEqual([['Alex Agent', true, false, false]])
    expect(await part({ act: 'accept' })).toEqual([['Alex Agent', true, true, false]])
    expect(await part({ act: 'assign' })).toContainEqual(['Echo', false, false, true])
    expect(await part({ act: 'assign', to: 'Sam' })).toContainEqual(['Sam Admin', false, false, true])
    expect(await part({ act: 'leave' })).toContainEqual(['Alex Agent', false, false, false])
    await expect(ask('act', { act: 'join', as: 'Jenny' })).rejects.toThrow(
      'nobody is called `Jenny`: there are Alex Agent',
    )
  })

  it('begins with a new contact, whose name nobody has', async () => {
    const { ask } = await quietForTest()
    const { person, conversation } = await ask('newConversation', {})
    expect(person).toMatchObject({ name: 'Contact 2', role: 'contact', conversation: conversation.id })
    expect((await ask('newConversation', { name: 'Kim' })).person.name).toBe('Kim')
    const { conversations } = await ask('conversations', {})
    expect(conversations.map(({ name }) => name)).toEqual(['Kim', 'Contact 2', 'Jenny'])
    expect((await ask('people', {})).people.map(({ name }) => name)).toEqual([
      'Jenny',
      'Contact 2',
      'Kim',
      'Alex Agent',
      'Sam Admin',
    ])
  })
})

describe('A reset of a sandbox', () => {
  it('forgets all but what was there at the start', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    sandbox.checkpoint()
    await ask('say', { text: 'hello' })
    await ask('newConversation', {})
    const { people } = await ask('reset', {})
    expect(people.map(({ name }) => name)).toEqual(['Jenny', 'Alex Agent', 'Sam Admin'])
    expect((await ask('conversation', {})).conversation).toMatchObject({ id: jenny.conversation, messages: 0 })
    expect((await ask('say', { text: 'again' })).message).toMatchObject({ name: 'Jenny', text: 'again' })
  })
})

describe('A form in a sandbox', () => {
  it('is listed while it is open, filled in field by field, and sent', async () => {
    const { ask, sandbox, jenny } = await quietForTest()
    const fields = [{ key: 'brand', name: 'Brand', options: ['Audi', 'VW'] }, { key: 'model' }]
    const form = sandbox.data('forms').create({ name: 'Test Drive', fields })
    await expect(ask('fill', { values: ['brand=VW'] })).rejects.toThrow('no form is open')
    sandbox.everybody
      .voice(jenny.id, jenny.conversation)
      ?.post({ type: 'form', text: '+Test Drive', meta: { form: form.id } })
    const open = async () => (await ask('conversation', {})).forms
    expect(await open()).toEqual([
      {
        id: form.id,
        name: 'Test Drive',
        fields: [
          { key: 'brand', name: 'Brand', type: null, options: ['Audi', 'VW'] },
          { key: 'model', name: 'model', type: null, options: [] },
        ],
        values: {},
      },
    ])
    const { messages } = await ask('fill', { values: ['brand=VW', 'model=a=b'], send: true })
    expect(messages.map(({ type, text }) => [type, text])).toEqual([
      ['field', '.brand VW'],
      ['field', '.model a=b'],
      ['results', 'Test Drive'],
    ])
    expect(messages[2]?.document).toMatchObject({ results: [{ values: { brand: 'VW', model: 'a=b' } }] })
    expect(await open()).toMatchObject([{ values: { brand: 'VW', model: 'a=b' } }])
    await expect(ask('fill', { values: ['colour=red'] })).rejects.toThrow('its fields are brand, model')
    await expect(ask('fill', { form: 'Other' })).rejects.toThrow('there is Test Drive')
  })
})

describe('What happens in a sandbox', () => {
  it('can be looked at: the calls of the bot, newest first', async () => {
    const { ask, jenny } = await talkingForTest()
    await ask('say', { text: 'hello', timeout: 10_000 })
    const { calls } = await ask('calls', { conversation: jenny.conversation })
    expect(calls[0]).toMatchObject({
      method: 'POST',
      status: 201,
      body: expect.objectContaining({ text: 'You said: hello' }),
    })
    expect((await ask('calls', { conversation: 'other' })).calls).toEqual([])
    const at = calls[0]?.time ?? ''
    expect((await ask('calls', { since: at, until: at })).calls.length).toBeGreaterThan(0)
    expect((await ask('calls', { until: '2001-01-01T00:00:00Z' })).calls).toEqual([])
    await expect(ask('calls', { since: 'soon' })).rejects.toThrow('`since` is not a time in ISO 8601')
  })

  it('goes wrong as it is told, until it is told to stop', async () => {
    const { ask, sandbox } = await quietForTest()
    expect(await ask('chaos', {})).toEqual({ chaos: '', seed: sandbox.chaos.seed })
    expect((await ask('chaos', { chaos: 'delay=20ms,drop=0.5' })).chaos).toBe('delay=20ms,drop=0.5')
    expect((await ask('chaos', {})).chaos).toBe('delay=20ms,drop=0.5')
    await expect(ask('chaos', { chaos: 'rain=1' })).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
    expect((await ask('chaos', { chaos: '' })).chaos).toBe('')
  })

  it('is told as it happens: messages and calls', async () => {
    const { ask, sandbox } = await talkingForTest()
    const told: unknown[] = []
    const off = createSandboxPort(sandbox).on((event) => told.push(event))
    await ask('say', { text: 'hello', timeout: 10_000 })
    await eventually(() => told.length >= 3)
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'message', message: expect.objectContaining({ text: 'hello', by: 'contact' }) }),
    )
    expect(told).toContainEqual(
      expect.objectContaining({
        type: 'message',
        message: expect.objectContaining({ text: 'You said: hello', by: 'bot' }),
      }),
    )
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'call', call: expect.objectContaining({ method: 'POST', status: 201 }) }),
    )
    off()
  })

  it('is told of who comes, of a start over and of chaos, whoever asks for it', async () => {
    const { ask, sandbox } = await quietForTest()
    let told: string[] = []
    const changes = async (act: () => unknown): Promise<string[]> => {
      told = []
      await act()
      return told
    }
    createSandboxPort(sandbox).on((event) =>
      told.push('what' in event ? `${event.type} ${String(event.what)}` : event.type),
    )
    expect(await changes(() => sandbox.chaos.set({ delay: 1 }))).toEqual(['changed chaos'])
    expect(await changes(() => ask('chaos', { chaos: '' }))).toEqual(['changed chaos'])
    expect(await changes(() => sandbox.contact({ name: 'Kim' }))).toContain('changed conversations')
    expect(await changes(() => sandbox.agent({ name: 'Bob' }))).toContain('changed conversations')
    expect(await changes(() => ask('newConversation', {}))).toContain('changed conversations')
    expect(await changes(() => sandbox.reset())).toContain('changed conversations')
  })

  it('posts what a bot answers with to an event that was made beside it, unless that is an error', async () => {
    const { sandbox } = await quietForTest()
    const jenny = await sandbox.contact({ name: 'Jenny' })
    const { answered, eventContext } = createSandboxPort(sandbox)
    const context = eventContext(jenny.conversation)
    expect(context).toMatchObject({ conversation: jenny.conversation, contact: { name: 'Jenny' } })
    const body = Buffer.from(JSON.stringify(await createExample('chat', { context })))
    const answer = (status: number, text: string): void => {
      const messages = Buffer.from(JSON.stringify({ messages: [{ text, role: 'agent' }] }))
      answered(body, { status, headers: ['Content-Type', 'application/json'], body: messages })
    }
    answer(500, 'broken')
    answer(200, 'in the answer')
    answered(Buffer.from('no JSON'), { status: 200, headers: [], body: Buffer.alloc(0) })
    expect(jenny.messages.map(({ text }) => text)).toEqual(['in the answer'])
  })
})
