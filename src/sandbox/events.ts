// The events that changes of documents become.
import { randomUUID } from 'node:crypto'
import { asText } from '../core/json.ts'
import type { Message } from '../protocol/resources.ts'
import { type Actor, type Envelope, messagePayload, type Payload, resourcePayload } from '../protocol/templates.ts'

import type { SeedEntities } from './seed.ts'
import type { ResourceName, Store, StoreChange } from './store.ts'

// Bots and services are left out: their documents hold the secrets of webhooks.
const SINGULAR: Partial<Readonly<Record<ResourceName, string>>> = {
  users: 'user',
  organizations: 'organization',
  contacts: 'contact',
  conversations: 'conversation',
  botinstances: 'botinstance',
}

/** The payload of the event that a change becomes; `null` when it becomes none. `api` is what its links point to. */
export function payloadOfChange(change: StoreChange, store: Store, seeded: SeedEntities, api: string): Payload | null {
  const envelope: Envelope = { id: randomUUID(), time: new Date(), api }
  if (change.resource === 'messages') return payloadOfMessage(change.action, change.document, envelope, store, seeded)
  const resource = SINGULAR[change.resource]
  if (resource === undefined) return null
  const organization = asText(change.document['organization']) ?? seeded.organization
  const actor = { resource: 'users', id: seeded.bot.id, name: seeded.bot.name } as const
  return resourcePayload(envelope, { resource, action: change.action, organization }, change.document, actor)
}

function payloadOfMessage(
  action: string,
  message: Message,
  envelope: Envelope,
  store: Store,
  seeded: SeedEntities,
): Payload | null {
  const conversation = store.conversations.get(message.conversation)
  if (conversation === undefined) return null
  return messagePayload(envelope, action, conversation, message, actorOf(message, store, seeded))
}

function actorOf(message: Message, store: Store, { bot }: SeedEntities): Actor {
  const resource = message.role === 'contact' ? 'contacts' : 'users'
  const id = asText(message[message.role === 'contact' ? 'contact' : 'user']) ?? bot.id
  return { resource, id, name: asText(store[resource].get(id)?.['name']) ?? 'Somebody' }
}
