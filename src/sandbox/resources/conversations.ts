// The resource `conversations`: where contacts, agents and bots meet.
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import { buildConversation } from '../../protocol/documents.ts'
import { CONVERSATION_TYPES } from '../../protocol/events.ts'
import { newId } from '../../protocol/ids.ts'
import type { Conversation, Document, Participant } from '../../protocol/resources.ts'
import { placeFor } from '../access/realm.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { joined } from '../chat/membership.ts'
import { nameOf, personBy } from '../chat/people.ts'
import { botOf, postAll } from '../chat/posting.ts'
import { begun } from '../chat/routing.ts'
import type { Store } from '../store.ts'
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
  create: (body, caller, onExisting) => createConversation(context, caller, body, onExisting),
  update: (before, patch, { user }) =>
    context.store.conversations.put(asConversation(mergePatch(context, before, patch)), user),
  show: (conversation) => withMessageIds(context.store, conversation),
})

/** The conversation with the ids of what was said in it, which are looked up when somebody asks. */
export const withMessageIds = (store: Store, conversation: Conversation): Conversation => ({
  ...conversation,
  messages: store.messages.of(conversation.id).map(({ id }) => id),
})

/**
 * Opens a conversation, whose creator is its first participant. A contact that is an object is added first; one that is known,
 * by id, telephone or e-mail, goes on in the conversation they have, which `onExisting` tells of.
 */
export function createConversation(
  context: AppContext,
  caller: Caller,
  body: Json,
  onExisting: () => void = () => undefined,
): Conversation {
  const { store } = context
  const messages = Array.isArray(body['messages']) ? body['messages'] : []
  const contact = contactOf(context, caller, body)
  const existing = contact === null ? undefined : store.conversations.get(textIn(contact, 'conversation') ?? '')
  if (existing !== undefined) {
    postAll(context, caller, existing, messages)
    onExisting()
    return store.conversations.get(existing.id) ?? existing
  }
  const conversation = open(context, caller, body, contact)
  postAll(context, caller, conversation, messages)
  return store.conversations.get(conversation.id) ?? conversation
}

function open(context: AppContext, caller: Caller, body: Json, contact: Document | null): Conversation {
  const { store, arrival, seeded, clock } = context
  const { messages: _posted, contact: _known, participants: _own, status: _follows, ...more } = body
  const { organization, orgPath } = placeFor(store, caller, body)
  const built = buildConversation({
    id: newId(),
    organization,
    type: typeOf(body['type'] ?? (contact === null ? 'bot' : 'contact')),
    name: asText(body['name']) ?? (contact === null ? 'Conversation' : nameOf(contact)),
    ...(contact !== null && { contact: contact.id }),
    meta: asRecord(body['meta']) ?? {},
    more: { ...more, orgPath, createdBy: caller.user },
    time: new Date(clock.now()),
  })
  const creator = personBy(store, caller.user)
  const withCreator = creator === null || creator.role === 'guest' ? built : joined(built, creator)
  const conversation = built.type === 'contact' ? begun(withCreator, arrival, botOf(seeded)) : withCreator
  store.conversations.add(conversation, caller.user)
  if (contact !== null) store.contacts.put({ ...contact, conversation: conversation.id }, caller.user)
  return conversation
}

/** The contact that a body names or describes; `null` for a conversation without one. Throws 400 for an id that is not known. */
function contactOf(context: AppContext, caller: Caller, { contact }: Json): Document | null {
  const { store } = context
  if (contact === undefined || contact === null) return null
  if (!isRecord(contact)) {
    const known = store.contacts.get(asText(contact) ?? '')
    if (known === undefined) throw new ApiError(400, 'Contact not found')
    return known
  }
  return sameContact(store, contact) ?? addContact(context, caller, contact)
}

/** Adds a contact, named by their profile when they have no name of their own. */
export const addContact = (context: AppContext, caller: Caller, body: Json): Document =>
  context.store.contacts.add(
    newDocument(context, caller, {
      ...body,
      name: nameOf({ id: '', ...body }),
      profile: asRecord(body['profile']) ?? {},
    }),
    caller.user,
  )

function sameContact(store: Store, { profile }: Json): Document | undefined {
  const [telephone, email] = [textIn(profile, 'telephone'), textIn(profile, 'email')]
  if (telephone !== null) return store.contacts.by('telephone', telephone)
  return email === null ? undefined : store.contacts.by('email', email)
}

function typeOf(type: unknown): string {
  const known = CONVERSATION_TYPES.find((name) => name === type)
  if (known === undefined) throw new ApiError(400, `type must be one of ${CONVERSATION_TYPES.join(', ')}`)
  return known
}

const STATUSES: ReadonlySet<unknown> = new Set(['active', 'queued', 'closed'])

/** The document as a conversation. Throws 400 when a change made it something else. */
export function asConversation(document: Document): Conversation {
  const { organization, name, status, participants } = document
  const meta = asRecord(document['meta'])
  if (typeof organization !== 'string' || typeof name !== 'string') throw new ApiError(400, 'name must be a text')
  if (typeof status !== 'string' || !STATUSES.has(status)) {
    throw new ApiError(400, 'status must be active, queued or closed')
  }
  if (meta === null) throw new ApiError(400, 'meta must be an object')
  if (!Array.isArray(participants) || !participants.every(isParticipant)) {
    throw new ApiError(400, 'participants must be a list of users')
  }
  return { ...document, organization, type: typeOf(document['type']), name, status, participants, meta }
}

const isParticipant = (value: unknown): value is Participant => asText(asRecord(value)?.['user']) !== null
