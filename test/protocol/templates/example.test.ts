// Example events: every template, filled in, is what the platform sends.
import { describe, expect, it } from 'vitest'
import { readTemplates } from '../../../src/config/events/read-templates.ts'
import { buildConversation, buildMessage } from '../../../src/protocol/documents.ts'
import { CONVERSATION_TYPES, MESSAGE_TYPES } from '../../../src/protocol/events.ts'
import { identify } from '../../../src/protocol/payload.ts'
import { exampleOf } from '../../../src/protocol/templates/example.ts'
import { CONTEXT, createExample, OCCURRENCE } from '../../support/examples.ts'

const { parts, templates } = await readTemplates()

const EXAMPLES = templates.flatMap((template) =>
  template.events.map((event) => ({ name: template.name, event, template })),
)

describe('A template', () => {
  it.each(EXAMPLES)('$name is filled in for $event, whatever stands in it', ({ template, event }) => {
    const payload = exampleOf({ parts }, template, event, CONTEXT, OCCURRENCE)
    expect(payload).toMatchObject({ id: OCCURRENCE.id, event, timestamp: '2018-12-19T19:09:01.000Z' })
    expect(JSON.stringify(payload)).not.toMatch(/\{\{|"\.\.\."|undefined/)
    expect(payload.activity.object.id).toMatch(/^https:\/\/api\.example\.com\/v2\/[a-z]+s\/[0-9a-f]{24}$/)
  })

  it('of messages has every field that the platform’s own have, and no other that is not said', () => {
    const time = new Date()
    const organization = CONTEXT.organization.id
    const conversation = buildConversation({ id: CONTEXT.conversation, organization, name: 'Jenny', time })
    const message = buildMessage({ id: 'e'.repeat(24), conversation, role: 'agent', author: 'a', text: 'hi', time })
    expect(Object.keys(parts['message'] ?? {}).toSorted()).toEqual(Object.keys(message).toSorted())
    expect(Object.keys(parts['conversation'] ?? {})).toEqual(expect.arrayContaining(Object.keys(conversation)))
  })

  it('is there for every kind of message in every kind of conversation', () => {
    const wanted = CONVERSATION_TYPES.flatMap((kind) => MESSAGE_TYPES.map((type) => `message.create.${kind}.${type}`))
    expect(EXAMPLES.map(({ event }) => event)).toEqual(expect.arrayContaining(wanted))
  })

  it('of a chat message of a contact reads like the documented example', async () => {
    const payload = await createExample('message.create.contact.chat', { text: 'Hello there' })
    expect(payload.activity).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      type: 'Create',
      actor: { id: `https://api.example.com/v2/users/${CONTEXT.contact.id}`, type: 'Person' },
      object: { id: `https://api.example.com/v2/messages/${OCCURRENCE.message}`, type: 'Object' },
      published: '2018-12-19T19:09:01.000Z',
      summary: 'User Jenny Jones created a chat message',
    })
    const body = Buffer.from(JSON.stringify(payload))
    expect(identify({ id: 'd', receivedAt: 0, method: 'POST', search: '', headers: [], body }).label).toEqual({
      event: 'message.create.contact.chat',
      platformId: OCCURRENCE.id,
      from: 'Jenny Jones',
      conversation: CONTEXT.conversation,
      text: 'Hello there',
    })
  })

  it('takes braces in a given text for what they are', async () => {
    const { data } = await createExample('chat', { text: '{{bot.id}}' })
    expect(data['message']).toMatchObject({ text: '{{bot.id}}' })
  })

  it('says what a real document says in place of its part', async () => {
    const documents = { conversation: { id: CONTEXT.conversation, name: 'Recorded', meta: { topic: 'faq' }, odd: [1] } }
    const { data } = await createExample('conversation-closed', { context: { ...CONTEXT, documents } })
    expect(data['conversation']).toMatchObject({ ...documents.conversation, status: 'closed', type: 'contact' })
  })
})
