// The platform's own chat commands: what each does to a conversation.
// Source: developers.web1on1.chat/messaging/commands; chipchat docs/conversation.md.
import { asText } from '../../core/json.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import type { Store } from '../store.ts'
import { accepted, assigned, joined, left, queued } from './membership.ts'
import { personBy } from './people.ts'

/** The conversation after a command; the same object when the text is not a command that changes it. */
export function afterCommand(store: Store, conversation: Conversation, message: Message): Conversation {
  const [, word = '', rest = ''] = /^\/(\w+)\s*(.*)$/s.exec(message.text) ?? []
  const author = personBy(store, message.user)
  switch (word) {
    case 'set':
      return withValue(conversation, rest)
    case 'assign':
      return usersIn(message.meta['users']).reduce((after, user) => {
        const person = personBy(store, user)
        return person === null ? after : assigned(after, person)
      }, conversation)
    case 'notify':
      return queued(conversation)
    case 'accept':
      return author === null ? conversation : accepted(conversation, author)
    case 'join':
      return author === null ? conversation : joined(conversation, author)
    case 'leave':
      return left(conversation, message.user)
    default:
      return conversation
  }
}

/**
 * What a message does: itself, or what a call of the widget (`>cs /assign 5f…`, `>cs +5f…`) stands for. Calls about how the widget
 * looks, such as `>cs .brand X`, stand for nothing here.
 * Source: developers.web1on1.chat/widget/functions.
 */
export function meantBy(message: Message): Message {
  const [, call] = /^>cs (.*)$/s.exec(message.text) ?? []
  if (call === undefined || message.type !== 'chat') return message
  const [word = '', ...rest] = call.trim().split(/\s+/)
  const { meta } = message
  if (word === '/assign') return { ...message, type: 'command', text: word, meta: { ...meta, users: rest } }
  if (word === '/notify') return { ...message, type: 'command', text: word, meta: { ...meta, organizations: rest } }
  if (word.startsWith('/')) return { ...message, type: 'command', text: call.trim() }
  const [, form] = /^[+-]([0-9a-f]{24})$/.exec(word) ?? []
  if (/^[+-]/.test(word)) return { ...message, type: 'form', text: word, meta: { ...meta, ...(form && { form }) } }
  return message
}

const usersIn = (users: unknown): readonly string[] =>
  Array.isArray(users) ? users.filter((user) => typeof user === 'string') : []

/** What everybody may set of a conversation itself, by `/set @name`; all else of it is the platform's. */
const SETTABLE: ReadonlySet<string> = new Set(['name', 'category', 'categoryIndex', 'tags', 'touchpoint'])

// `/set key some value`, `/set @property some value`; without a value it is forgotten.
function withValue(conversation: Conversation, rest: string): Conversation {
  const [, key, given = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? []
  const value = given.trim()
  if (key === undefined) return conversation
  if (key.startsWith('@')) return withProperty(conversation, key.slice(1), value)
  const { [key]: _forgotten, ...meta } = conversation.meta
  return { ...conversation, meta: value === '' ? meta : { ...meta, [key]: value } }
}

function withProperty(conversation: Conversation, name: string, value: string): Conversation {
  if (!SETTABLE.has(name)) return conversation
  if (name === 'categoryIndex') return /^\d$/.test(value) ? { ...conversation, [name]: Number(value) } : conversation
  if (name === 'tags') return { ...conversation, [name]: value.split(',').filter((tag) => tag !== '') }
  if (name === 'name' && asText(value) === null) return conversation
  return { ...conversation, [name]: value }
}
