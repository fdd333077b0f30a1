// The events that changes of documents become.
import { asText, isRecord, type Json, textIn } from '../core/json.ts'
import {
  type Envelope,
  eventPayload,
  messagePayload,
  type Named,
  type Payload,
  resourcePayload,
} from '../protocol/envelope.ts'
import type { Conversation, Document, Message } from '../protocol/resources.ts'
import { unseenByContact } from '../protocol/visibility.ts'
import { placeOf } from './access/realm.ts'
import type { AppContext } from './app-context.ts'
import { personBy } from './chat/people.ts'
import { withMessageIds } from './resources/conversations.ts'
import type { Store, StoreChange } from './store.ts'
import { timeUuid } from './time/time-uuid.ts'

/** An event, and the organizations that it happened in, root first; `null` when that is not known. */
export interface PlacedEvent {
  readonly payload: Payload
  readonly place: readonly string[] | null
}

/** The events that a change becomes, none or several. `api` is what their links point to. */
export function eventsOfChange(change: StoreChange, context: AppContext, api: string): readonly PlacedEvent[] {
  const event = eventOfChange(change, context, api)
  if (event === null) return []
  const isNew = change.resource === 'messages' && change.action === 'create'
  return isNew ? [event, ...eventsBesides(change.document, event.place, context, api)] : [event]
}

/** What else a new message makes happen: channels are notified, or it cannot be sent on. Both are inferred. */
function eventsBesides(
  message: Message,
  place: PlacedEvent['place'],
  { store, clock }: AppContext,
  api: string,
): readonly PlacedEvent[] {
  const conversation = store.conversations.get(message.conversation)
  if (conversation === undefined) return []
  const { organization } = message
  const actor = named(store, message.user)
  const envelope = (): Envelope => ({ id: timeUuid(clock.now()), time: new Date(clock.now()), api })
  const shown = withMessageIds(store, conversation)
  const channels = notifiedChannels(store, message).map((channel) => {
    const documents = { channel, conversation: shown, message }
    return eventPayload(envelope(), { event: 'channel.notify', organization, actor, documents })
  })
  const reason = unsendable(store, conversation, message)
  const error = reason === null ? [] : [messagePayload(envelope(), 'error', shown, withError(message, reason), actor)]
  return [...channels, ...error].map((payload) => ({ payload, place }))
}

const withError = (message: Message, reason: string): Message => ({
  ...message,
  status: 'error',
  error: { message: reason },
})

/** The channels that a `/notify` names, as far as they exist. */
function notifiedChannels(store: Store, { type, text, meta: { channels } }: Message): readonly Document[] {
  if (type !== 'command' || !/^\/notify\b/.test(text) || !Array.isArray(channels)) return []
  return channels.flatMap((id) => (typeof id === 'string' ? (store.channels.get(id) ?? []) : []))
}

/** What a contact must have to be reached other than by the web. */
const ADDRESS_OF: Readonly<Record<string, string>> = { sms: 'telephone', whatsapp: 'telephone', email: 'email' }

/** Why a message that is meant for the contact cannot be sent on; `null` for one that can, or is for nobody outside. */
function unsendable(store: Store, conversation: Conversation, message: Message): string | null {
  const touchpoint = textIn(message, 'touchpoint') ?? textIn(conversation, 'touchpoint') ?? ''
  const address = Object.hasOwn(ADDRESS_OF, touchpoint) ? ADDRESS_OF[touchpoint] : undefined
  if (address === undefined || message.role !== 'agent' || unseenByContact(message) !== null) return null
  const contact = store.contacts.get(textIn(conversation, 'contact') ?? '')
  const known = textIn(contact, address) ?? textIn(contact?.['profile'], address)
  return known === null ? `The contact has no ${address}` : null
}

/** The event of a service that has begun to fail. */
export function serviceErrorEvent(
  service: Document,
  message: string,
  { store, seeded, clock }: AppContext,
  api: string,
): PlacedEvent {
  const organization = asText(service['organization']) ?? seeded.organization
  const document = { ...withoutSecrets(service), status: 'error', error: { message } }
  const envelope = { id: timeUuid(clock.now()), time: new Date(clock.now()), api }
  const event = { resource: 'service', action: 'error', organization }
  return { payload: resourcePayload(envelope, event, document, seeded.admin), place: placeOf(store, service) }
}

/** The event of the change itself; `null` when it becomes none. */
function eventOfChange(change: StoreChange, { store, seeded, clock }: AppContext, api: string): PlacedEvent | null {
  const envelope: Envelope = { id: timeUuid(clock.now()), time: new Date(clock.now()), api }
  const { action, resource, document } = change
  const place = placeOf(store, document)
  if (resource === 'messages') {
    const conversation = store.conversations.get(document.conversation)
    if (conversation === undefined) return null
    const author = named(store, document.user)
    const shown = withMessageIds(store, conversation)
    return { payload: messagePayload(envelope, action, shown, document, author), place }
  }
  const organization = asText(document['organization']) ?? seeded.organization
  const actor = named(store, change.by ?? seeded.bot.id)
  const shown = resource === 'conversations' ? withMessageIds(store, document) : withoutSecrets(document)
  const event = { resource: resource.slice(0, -1), action, organization }
  return { payload: resourcePayload(envelope, event, shown, actor), place }
}

/** The event of somebody who has logged in. */
export function loginEvent(user: Document, { store, clock }: AppContext, api: string): PlacedEvent {
  const organization = asText(user['organization']) ?? ''
  const event = { resource: 'user', action: 'login', organization }
  const payload = resourcePayload(
    { id: timeUuid(clock.now()), time: new Date(clock.now()), api },
    event,
    user,
    named(store, user.id),
  )
  return { payload, place: placeOf(store, user) }
}

const named = (store: Store, id: string): Named => ({ id, name: personBy(store, id)?.name ?? 'Somebody' })

/** A document as everybody who is told of it may see it: those of bots and services hold the secrets of webhooks. */
const withoutSecrets = (document: Document): Document => ({ ...clearedObject(document), id: document.id })

function clearedObject(value: Json): Json {
  const entries = Object.entries(value).filter(([key]) => key !== 'secret')
  return Object.fromEntries(entries.map(([key, entry]) => [key, cleared(entry)]))
}

function cleared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleared)
  return isRecord(value) ? clearedObject(value) : value
}
