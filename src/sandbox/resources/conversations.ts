// The resource `conversations`: where contacts, agents and bots meet.
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Conversation, Document, Participant } from '../../protocol/resources.ts'
import { buildConversation } from '../../protocol/templates.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'

import { newId } from '../store.ts'
import { newParticipant } from './chat-commands.ts'
import { postAll } from './messages.ts'
import { mergePatch, newDocument, type Resource } from './resource.ts'

const MANDATORY_WITH_META = [
  'id',
  'type',
  'participants.user',
  'status',
  'createdAt',
  'categoryIndex',
  'category',
  'organization',
  'updatedAt',
]

export const conversations = (context: AppContext): Resource<Conversation> => ({
  name: 'conversations',
  called: 'Conversation',
  mandatory: (filters) => (filters.some(({ path }) => path.startsWith('meta.')) ? MANDATORY_WITH_META : []),
  ...context.store.conversations,
  create: (body) => createConversation(context, body),
  update: (before, patch) => context.store.conversations.put(asConversation(mergePatch(before, patch))),
})

/** Opens a conversation, the bot in it from the start; a contact that is an object is added first. */
export function createConversation(context: AppContext, body: Json): Conversation {
  const { store, seeded } = context
  const { messages, contact, ...rest } = body
  const organization = asText(body['organization']) ?? seeded.organization
  const profile = asRecord(contact)
  const contactId = profile === null ? asText(contact) : store.contacts.add(newDocument(context, profile)).id
  const conversation = buildConversation({
    id: newId(),
    organization,
    type: asText(body['type']) ?? (contactId === null ? 'bot' : 'contact'),
    name: asText(body['name']) ?? asText(profile?.['name']) ?? 'Conversation',
    ...(contactId === null ? {} : { contact: contactId }),
    participants: [{ ...newParticipant(seeded.bot.id, organization, seeded), accepted: true }],
    time: new Date(),
  })
  store.conversations.add(asConversation({ ...rest, ...conversation, meta: asRecord(body['meta']) ?? {} }))
  if (Array.isArray(messages)) postAll(context, conversation, messages)
  return store.conversations.get(conversation.id) ?? conversation
}

/** The document as a conversation. Throws 400 when a change made it something else. */
function asConversation(document: Document): Conversation {
  const { organization, type, name, status, participants } = document
  const meta = asRecord(document['meta'])
  if (typeof organization !== 'string' || typeof type !== 'string') throw new ApiError(400, 'type must be a text')
  if (typeof name !== 'string' || typeof status !== 'string') throw new ApiError(400, 'name and status must be texts')
  if (meta === null) throw new ApiError(400, 'meta must be an object')
  if (!Array.isArray(participants) || !participants.every(isParticipant)) {
    throw new ApiError(400, 'participants must be a list of users')
  }
  return { ...document, organization, type, name, status, participants, meta }
}

const isParticipant = (value: unknown): value is Participant => asText(asRecord(value)?.['user']) !== null
