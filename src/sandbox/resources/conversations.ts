// The resource `conversations`: where contacts, agents and bots meet.
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Conversation, Document, Participant } from '../../protocol/resources.ts'
import { buildConversation } from '../../protocol/templates.ts'
import { ApiError } from '../api-error.ts'
import type { World } from '../app-context.ts'

import { newId } from '../store.ts'
import { newParticipant } from './chat-commands.ts'
import { postAll } from './messages.ts'
import { merged, newDocument, type Resource } from './resource.ts'

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

export const conversations = (world: World): Resource<Conversation> => ({
  name: 'conversations',
  called: 'Conversation',
  mandatory: (filters) => (filters.some(({ path }) => path.startsWith('meta.')) ? MANDATORY_WITH_META : []),
  ...world.store.conversations,
  create: (body) => createConversation(world, body),
  update: (before, patch) => world.store.conversations.put(asConversation(merged(before, patch))),
})

/** Opens a conversation, the bot in it from the start; a contact that is an object is added first. */
export function createConversation(world: World, body: Json): Conversation {
  const { store, residents } = world
  const { messages, contact, ...rest } = body
  const organization = asText(body['organization']) ?? residents.organization
  const profile = asRecord(contact)
  const contactId = profile === null ? asText(contact) : store.contacts.add(newDocument(world, profile)).id
  const conversation = buildConversation({
    id: newId(),
    organization,
    type: asText(body['type']) ?? (contactId === null ? 'bot' : 'contact'),
    name: asText(body['name']) ?? asText(profile?.['name']) ?? 'Conversation',
    ...(contactId === null ? {} : { contact: contactId }),
    participants: [{ ...newParticipant(residents.bot.id, organization, residents), accepted: true }],
    time: new Date(),
  })
  store.conversations.add(asConversation({ ...rest, ...conversation, meta: asRecord(body['meta']) ?? {} }))
  if (Array.isArray(messages)) postAll(world, conversation, messages)
  return store.conversations.get(conversation.id) ?? conversation
}

/** A document as a conversation, or 400 when a change made it something else. */
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
