// Example events, as real receivers take them.
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { CONVERSATION_TYPES, MESSAGE_TYPES } from '../../src/protocol/events.ts'
import { identify } from '../../src/protocol/payload.ts'
import { exampleOf, type TemplateContext } from '../../src/protocol/templates.ts'

/** As much of the SDK as this test calls. */
interface Receiver {
  readonly auth: { user: string }
  onAny(listener: (event: string) => void): void
  ingest(payload: unknown, signature: null, options: { readonly async: true }): Promise<unknown> | undefined
}
const ChipChat: new (options: Readonly<Record<string, unknown>>) => Receiver = createRequire(import.meta.url)(
  'chipchat',
)

const CONTEXT: TemplateContext = {
  id: '774ae370-02cc-11e7-ac41-c38ce8763025',
  time: new Date('2018-12-19T19:09:01Z'),
  api: 'https://api.example.com',
  organization: '5c138790ec944f05ff5f6d77',
  bot: { id: 'b'.repeat(24), name: 'Echo' },
  agent: { id: 'a'.repeat(24), name: 'Alex Agent' },
  contact: { id: 'c'.repeat(24), name: 'Jenny Jones' },
  conversation: 'd'.repeat(24),
  message: 'e'.repeat(24),
}

const EVENTS = [
  ...CONVERSATION_TYPES.flatMap((conversation) =>
    MESSAGE_TYPES.map((type) => `message.create.${conversation}.${type}`),
  ),
  'message.update',
  'message.delete',
  'message.error',
  'conversation.create',
  'conversation.update',
  'user.login',
  'user.create',
  'contact.update',
  'organization.update',
  'botinstance.update',
  'service.error',
  'article.update',
]

async function heardBySdk(payload: unknown): Promise<readonly string[]> {
  const sdk = new ChipChat({ ignoreUnjoined: true, ignoreOnActivity: true })
  sdk.auth.user = CONTEXT.bot.id
  const heard: string[] = []
  sdk.onAny((event) => heard.push(event))
  await sdk.ingest(JSON.parse(JSON.stringify(payload)), null, { async: true })
  return heard
}

describe('A template', () => {
  it.each(EVENTS)('the SDK takes the example of %s', async (event) => {
    const payload = exampleOf(event, CONTEXT)
    expect(payload).toMatchObject({ id: CONTEXT.id, event, timestamp: '2018-12-19T19:09:01.000Z' })
    const heard = await heardBySdk(payload)
    expect(heard).toContain(event)
    expect(heard).not.toContain('error')
  })

  it.each([
    ['message.create.agent.command', undefined, ['notify', 'assign']],
    ['message.create.contact.mention', undefined, ['notify', 'mention']],
    ['message.create.contact.command', '>help', ['notify', 'command']],
  ])('the SDK knows that %s is meant for the bot', async (event, text, aliases) => {
    expect(await heardBySdk(exampleOf(event, CONTEXT, text))).toEqual(expect.arrayContaining(aliases))
  })

  it('a chat message of a contact reads like the documented example', () => {
    const payload = exampleOf('message.create.contact.chat', CONTEXT, 'Hello there')
    expect(payload?.activity).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      type: 'Create',
      actor: { id: `https://api.example.com/v2/users/${CONTEXT.contact.id}`, type: 'Person' },
      object: { id: `https://api.example.com/v2/messages/${CONTEXT.message}`, type: 'Object' },
      published: '2018-12-19T19:09:01.000Z',
      summary: 'User Jenny Jones created a chat message',
    })
    const body = Buffer.from(JSON.stringify(payload))
    expect(identify({ id: 'd', receivedAt: 0, method: 'POST', search: '', headers: [], body }).label).toEqual({
      event: 'message.create.contact.chat',
      platformId: CONTEXT.id,
      from: 'Jenny Jones',
      conversation: CONTEXT.conversation,
      text: 'Hello there',
    })
  })

  it.each([
    '',
    'message',
    'message.create',
    'message.create.contact',
    'message.create.nobody.chat',
    'message.create.contact.song',
    'message.create.contact.chat.contact',
    'user.login.twice',
    '*.update',
  ])('there is no example of "%s"', (event) => expect(exampleOf(event, CONTEXT)).toBeNull())
})
