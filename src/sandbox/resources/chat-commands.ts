// The platform's own chat commands: what each does to a conversation.
// Source: developers.web1on1.chat/messaging/commands.
import { asText } from '../../core/json.ts'
import type { Conversation, Message, Participant } from '../../protocol/resources.ts'

import type { SeedEntities } from '../seed.ts'

/** The conversation after a command; the same object when the text is not a command that changes it. */
export function afterCommand(conversation: Conversation, message: Message, seeded: SeedEntities): Conversation {
  const [, word = '', rest = ''] = /^\/(\w+)\s*(.*)$/s.exec(message.text) ?? []
  const author = asText(message['user'])
  switch (word) {
    case 'set':
      return withMeta(conversation, rest)
    case 'assign':
      return assigned(conversation, message.meta['users'], seeded)
    case 'accept':
      return author === null ? conversation : joined(conversation, author, true, seeded)
    case 'join':
      return author === null ? conversation : joined(conversation, author, false, seeded)
    case 'leave':
      return { ...conversation, participants: conversation.participants.filter(({ user }) => user !== author) }
    default:
      return conversation
  }
}

// `/set key some value`; without a value the key is forgotten.
function withMeta(conversation: Conversation, rest: string): Conversation {
  const [, key, value = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? []
  if (key === undefined) return conversation
  const { [key]: _forgotten, ...meta } = conversation.meta
  return { ...conversation, meta: value.trim() === '' ? meta : { ...meta, [key]: value.trim() } }
}

function assigned(conversation: Conversation, users: unknown, seeded: SeedEntities): Conversation {
  const ids = Array.isArray(users) ? users.filter((user) => typeof user === 'string') : []
  return ids.reduce((after, user) => joined(after, user, false, seeded), conversation)
}

function joined(conversation: Conversation, user: string, accepts: boolean, seeded: SeedEntities): Conversation {
  const known = conversation.participants.find((participant) => participant.user === user)
  const participant = known ?? newParticipant(user, conversation.organization, seeded)
  const now = { ...participant, active: true, accepted: accepts || participant.accepted }
  const participants = known
    ? conversation.participants.map((other) => (other === known ? now : other))
    : [...conversation.participants, now]
  return { ...conversation, participants }
}

/** A participant who has just been added to a conversation. */
export function newParticipant(user: string, organization: string, { bot, agent }: SeedEntities): Participant {
  const isBot = user === bot.id
  const name = isBot ? bot.name : agent.name
  return { user, name, role: isBot ? 'bot' : 'agent', organization, active: true, accepted: false }
}
