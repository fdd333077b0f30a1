// Which template somebody means.
import { describe, expect, it } from 'vitest'
import { findTemplate } from '../../../src/config/events/find-template.ts'
import { readTemplates } from '../../../src/config/events/read-templates.ts'

const { templates } = await readTemplates()

/** The template's name and the event that a word, a text and a type of conversation mean. */
function meant(word: string, text: string | null = null, type: string | null = null): readonly [string, string] {
  const { template, event } = findTemplate(templates, word, text, type)
  return [template.name, event]
}

describe('A template is found', () => {
  it.each([
    ['chat', null, null, ['chat', 'message.create.contact.chat']],
    ['chat', null, 'bot', ['chat', 'message.create.bot.chat']],
    ['chat', null, 'unheard-of', ['chat', 'message.create.contact.chat']],
    ['message.create.agent.chat', null, 'contact', ['chat', 'message.create.agent.chat']],
    ['message.create.contact.command', null, null, ['assign', 'message.create.contact.command']],
    ['message.create.contact.command', '/leave', null, ['leave', 'message.create.contact.command']],
    ['message.create.agent.command', '>order 3', null, ['command', 'message.create.agent.command']],
    ['user.login', null, null, ['user.login', 'user.login']],
    ['form.delete', null, null, ['form-record', 'form.delete']],
  ] as const)('by %s, with the text %s, for a conversation of type %s', (word, text, type, wanted) => {
    expect(meant(word, text, type)).toEqual(wanted)
  })
})

describe('What is not a template', () => {
  it.each([
    ['message.create.contact.cat', 'message.create.contact.chat'],
    ['asign', 'assign'],
    ['user.logins', 'user.login'],
  ])('%s has a nearest name', (word, nearest) => {
    expect(() => meant(word)).toThrow(`did you mean \`${nearest}\`?`)
  })

  it.each(['', 'x', 'constructor', '__proto__', 'zzzzzzzzzzzzzzz', 'q'.repeat(100_000)])(
    'lists what there is',
    (word) => {
      expect(() => meant(word)).toThrow(/there are:\n {2}chat, [\s\S]*conversation/)
    },
  )

  it.each([
    ['message.create.*.mention', 'message.create.agent.mention'],
    ['conversation.*', 'conversation.delete'],
    ['*', 'user.login'],
  ])('%s is a pattern, with the events that it covers', (pattern, event) => {
    expect(() => meant(pattern)).toThrow(/is a pattern, and one event is triggered; name one of:\n/)
    expect(() => meant(pattern)).toThrow(event)
  })
})
