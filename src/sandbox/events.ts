// The events that changes of documents become.
import { randomUUID } from 'node:crypto'
import { asText, isRecord, type Json } from '../core/json.ts'
import { type Envelope, messagePayload, type Named, type Payload, resourcePayload } from '../protocol/envelope.ts'
import type { Document } from '../protocol/resources.ts'
import { placeOf } from './access/realm.ts'
import type { AppContext } from './app-context.ts'
import { personBy } from './chat/people.ts'
import { withMessageIds } from './resources/conversations.ts'
import type { Store, StoreChange } from './store.ts'

/** An event, and the organizations that it happened in, root first; `null` when that is not known. */
export interface PlacedEvent {
  readonly payload: Payload
  readonly place: readonly string[] | null
}

/** The event that a change becomes; `null` when it becomes none. `api` is what its links point to. */
export function eventOfChange(
  change: StoreChange,
  { store, seeded, clock }: AppContext,
  api: string,
): PlacedEvent | null {
  const envelope: Envelope = { id: randomUUID(), time: new Date(clock.now()), api }
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
    { id: randomUUID(), time: new Date(clock.now()), api },
    event,
    user,
    named(store, user.id),
  )
  return { payload, place: placeOf(store, user) }
}

const named = (store: Store, id: string): Named => ({ id, name: personBy(store, id)?.name ?? 'Somebody' })

/** A document as everybody may see it who hears of it: those of bots and services hold the secrets of webhooks. */
const withoutSecrets = (document: Document): Document => ({ ...clearedObject(document), id: document.id })

function clearedObject(value: Json): Json {
  const entries = Object.entries(value).filter(([key]) => key !== 'secret')
  return Object.fromEntries(entries.map(([key, entry]) => [key, cleared(entry)]))
}

function cleared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleared)
  return isRecord(value) ? clearedObject(value) : value
}
