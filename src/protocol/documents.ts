// Conversations and messages as the platform makes them: every field, with its default.
// Source: a message that a bot in the wild has logged; chipchat docs/conversation.md.
import type { Json } from '../core/json.ts'
import type { Conversation, Message, Participant, Role } from './resources.ts'

/** A conversation with the defaults of the platform; `more` are further fields, which go before the defaults. */
export function buildConversation(fields: {
  readonly id: string
  readonly organization: string
  readonly name: string
  readonly type?: string
  readonly status?: string
  readonly contact?: string
  readonly participants?: readonly Participant[]
  readonly meta?: Json
  readonly more?: Json
  readonly time: Date
}): Conversation {
  const { time, more, ...given } = fields
  const at = time.toISOString()
  const slug = slugOf(fields.id)
  return {
    orgPath: given.organization,
    slug,
    url: `${APP}/c/${slug}`,
    touchpoint: 'web',
    tags: [],
    messages: [],
    results: [],
    forms: [],
    categoryIndex: 0,
    ...more,
    type: 'contact',
    status: 'active',
    participants: [],
    meta: {},
    ...given,
    createdAt: at,
    updatedAt: at,
  }
}

/** What a message has that was posted with nothing but a text. */
const MESSAGE_DEFAULTS = {
  isBackchannel: false,
  contentType: 'text/plain',
  services: [],
  version: 1,
  items: [],
  actions: [],
  results: [],
  entities: [],
  participants: [],
  likes: [],
  comments: [],
  level: 1,
} as const

/** A message with the defaults of the platform; `more` are further fields, which go before the defaults. */
export function buildMessage(fields: {
  readonly id: string
  readonly conversation: Conversation
  readonly type?: string
  readonly role: Role
  /** Whose message it is. */
  readonly author: string
  /** The owner of the token it is posted with; default the author. */
  readonly postedBy?: string
  readonly text: string
  readonly meta?: Readonly<Record<string, unknown>>
  readonly more?: Json
  readonly time: Date
}): Message {
  const { id, conversation, role, author, more = {}, time } = fields
  const at = time.toISOString()
  const slug = slugOf(id)
  const { isBackchannel } = more
  return {
    ...MESSAGE_DEFAULTS,
    slug,
    context: `sandbox.${slugOf(conversation.id)}`,
    url: `${APP}/m/${slug}`,
    ...more,
    isBackchannel: isBackchannel === true,
    id,
    organization: conversation.organization,
    orgPath: conversation['orgPath'] ?? conversation.organization,
    conversation: conversation.id,
    type: fields.type ?? 'chat',
    role,
    user: author,
    ...(role === 'contact' && { contact: conversation['contact'] ?? author }),
    text: fields.text,
    meta: fields.meta ?? {},
    createdBy: fields.postedBy ?? author,
    createdAt: at,
    updatedAt: at,
    path: id,
  }
}

const APP = 'https://app.web1on1.chat'

/** The short name of a document, which its address has: made from the end of its id, which differs between any two. */
const slugOf = (id: string): string => Buffer.from(id.slice(-14), 'hex').toString('base64url').slice(0, 9)
