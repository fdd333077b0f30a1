// Realistic payloads for the documented events, built from ids, a time and the documents that they are about.
// Source: developers.web1on1.chat/webhooks/{payloads,events}.
import { buildConversation, buildMessage } from './documents.ts'
import { CONVERSATION_TYPES, MESSAGE_TYPES } from './events.ts'
import type { Conversation, Document, Message, Role } from './resources.ts'

/** The body of a delivery, before it becomes bytes. */
export interface Payload {
  readonly id: string
  /** ISO 8601. */
  readonly timestamp: string
  readonly event: string
  readonly organization: string
  readonly activity: Activity
  readonly data: Readonly<Record<string, unknown>>
}

interface Activity {
  readonly '@context': string
  readonly type: string
  readonly actor: { readonly id: string; readonly type: string }
  readonly object: { readonly id: string; readonly type: string }
  readonly published: string
  readonly summary: string
}

/** What every payload is made with: its own id (a UUID), the time, and the API that its links point to. */
export interface Envelope {
  readonly id: string
  readonly time: Date
  /** `https://api.web1on1.chat`, without a trailing slash. */
  readonly api: string
}

/** A person, bot or contact by id and name. */
export interface Named {
  readonly id: string
  readonly name: string
}

/** The event of a message: `message.create.<conversation type>.<message type>`, or `message.update`, `message.delete`. */
function messageEvent(action: string, conversation: Conversation, message: Message): string {
  return action === 'create' ? `message.create.${conversation.type}.${message.type}` : `message.${action}`
}

/** The payload of an event about a message. */
export function messagePayload(
  envelope: Envelope,
  action: string,
  conversation: Conversation,
  message: Message,
  actor: Named,
): Payload {
  const { api } = envelope
  const { contact } = conversation
  const links = {
    organization: `${api}/v2/organizations/${message.organization}`,
    conversation: `${api}/v2/conversations/${conversation.id}`,
    message: `${api}/v2/messages/${message.id}`,
    ...(typeof contact === 'string' && { contact: `${api}/v2/contacts/${contact}` }),
    user: `${api}/v2/users/${actor.id}`,
  }
  return {
    id: envelope.id,
    timestamp: envelope.time.toISOString(),
    event: messageEvent(action, conversation, message),
    organization: message.organization,
    activity: activityOf(envelope, action, actor, links.message, `${message.type} message`),
    data: { conversation, message, links },
  }
}

/** The payload of `<resource>.<action>`, for `resource` in the singular. */
export function resourcePayload(
  envelope: Envelope,
  event: { readonly resource: string; readonly action: string; readonly organization: string },
  document: Document,
  actor: Named,
): Payload {
  const { resource, action, organization } = event
  const link = `${envelope.api}/v2/${resource}s/${document.id}`
  const links = { organization: `${envelope.api}/v2/organizations/${organization}`, [resource]: link }
  return {
    id: envelope.id,
    timestamp: envelope.time.toISOString(),
    event: `${resource}.${action}`,
    organization,
    activity: activityOf(envelope, action, actor, link, resource),
    data: { [resource]: document, links },
  }
}

const DONE: Readonly<Record<string, { readonly verb: string; readonly says: string }>> = {
  create: { verb: 'Create', says: 'created a' },
  update: { verb: 'Update', says: 'updated a' },
  delete: { verb: 'Delete', says: 'deleted a' },
}

function activityOf(envelope: Envelope, action: string, actor: Named, object: string, what: string): Activity {
  // Activity Streams has a verb for each change of a resource; what else happens is a plain activity.
  const { verb, says } = DONE[action] ?? { verb: 'Activity', says: `did ${action}: a` }
  const did = action === 'login' ? 'logged in' : `${says} ${what}`
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: verb,
    actor: { id: `${envelope.api}/v2/users/${actor.id}`, type: 'Person' },
    object: { id: object, type: 'Object' },
    published: envelope.time.toISOString(),
    summary: `User ${actor.name} ${did}`,
  }
}

/** Everybody and everything that an example event needs. All ids but the envelope's are 24 hex digits. */
export interface TemplateContext extends Envelope {
  readonly organization: string
  readonly bot: Named
  readonly agent: Named
  readonly contact: Named
  readonly conversation: string
  readonly message: string
}

/** The usual author and text of a message, by its type. */
const TYPICAL: Readonly<
  Record<string, (context: TemplateContext) => { role: Role; text: string; meta?: Readonly<Record<string, unknown>> }>
> = {
  command: ({ bot }) => ({ role: 'agent', text: '/assign', meta: { users: [bot.id] } }),
  // chipchat compares `targetUser` with its own id as a string; a list would not match.
  mention: ({ bot }) => ({ role: 'agent', text: `@${bot.name} help`, meta: { targetUser: bot.id } }),
  postback: () => ({ role: 'contact', text: 'YES' }),
}

/**
 * An example of an event, complete enough for a bot to handle; `text` replaces the usual text of its message.
 * `null` when the name is neither `message.create.<conversation type>.<message type>` nor `<resource>.<action>`.
 */
export function exampleOf(event: string, context: TemplateContext, text?: string): Payload | null {
  const [resource = '', action = '', conversationType, messageType, ...more] = event.split('.')
  if (!/^[a-z]+$/.test(resource) || !/^[a-z]+$/.test(action) || more.length > 0) return null
  if (resource !== 'message')
    return conversationType === undefined ? exampleOfResource(resource, action, context) : null
  if (action !== 'create')
    return conversationType === undefined ? exampleOfMessage(action, 'contact', 'chat', context, text) : null
  if (!isOneOf(CONVERSATION_TYPES, conversationType) || !isOneOf(MESSAGE_TYPES, messageType)) return null
  return exampleOfMessage('create', conversationType, messageType, context, text)
}

const isOneOf = (words: readonly string[], word: string | undefined): word is string =>
  word !== undefined && words.includes(word)

function exampleOfMessage(
  action: string,
  conversationType: string,
  type: string,
  context: TemplateContext,
  text?: string,
): Payload {
  const typical = TYPICAL[type]?.(context) ?? { role: 'contact', text: 'hi' }
  const author = typical.role === 'contact' ? context.contact : context.agent
  const conversation = exampleConversation(conversationType, context)
  const message = buildMessage({
    ...typical,
    id: context.message,
    conversation,
    type,
    author: author.id,
    text: text ?? typical.text,
    time: context.time,
  })
  return messagePayload(context, action, conversation, message, author)
}

function exampleConversation(type: string, context: TemplateContext): Conversation {
  const { organization, bot } = context
  return buildConversation({
    id: context.conversation,
    organization,
    type,
    name: context.contact.name,
    contact: context.contact.id,
    participants: [
      { user: bot.id, name: bot.name, role: 'bot', organization, active: true, accepted: true, inbox: false },
    ],
    time: context.time,
  })
}

const DOCUMENTS: Readonly<Record<string, (context: TemplateContext) => Document>> = {
  conversation: (context) => exampleConversation('contact', context),
  user: ({ agent, organization }) => ({ ...agent, givenName: agent.name.split(' ')[0] ?? '', organization }),
  contact: ({ contact, organization }) => ({ ...contact, organization }),
  bot: ({ bot, organization }) => ({ ...bot, organization, status: 'active', enabled: true }),
  organization: ({ organization }) => ({ id: organization }),
  botinstance: ({ bot, organization }) => ({ id: bot.id, bot: bot.id, organization, enabled: true, status: 'active' }),
}

function exampleOfResource(resource: string, action: string, context: TemplateContext): Payload {
  const { organization } = context
  // A resource that nobody has described yet still has an id and an owner.
  const document = DOCUMENTS[resource]?.(context) ?? { id: context.message, organization }
  return resourcePayload(context, { resource, action, organization }, document, context.agent)
}
