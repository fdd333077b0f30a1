// The platform's documents, in memory.

import { textIn } from '../core/json.ts'
import type { Conversation, Document, Message } from '../protocol/resources.ts'
import { MAX_KEPT } from './bounds.ts'

/** The resources that are plain documents to the platform. */
export const PLAIN_NAMES = [
  'users',
  'bots',
  'botinstances',
  'channels',
  'contacts',
  'organizations',
  'orggroups',
  'partners',
  'services',
  'forms',
  'workflows',
  'metrics',
  'points',
  'kbases',
  'kbitems',
  'articles',
  'files',
  'locations',
  'watemplates',
] as const
export type PlainName = (typeof PLAIN_NAMES)[number]

/** Every resource that the SDK knows. */
export type ResourceName = PlainName | 'conversations' | 'messages'

type Action = 'create' | 'update' | 'delete'

/** A document that came, changed or went; `by` is the user who did it, `null` when nobody in particular did. */
export type StoreChange = { readonly action: Action; readonly by: string | null } & (
  | { readonly resource: PlainName; readonly document: Document }
  | { readonly resource: 'conversations'; readonly document: Conversation }
  | { readonly resource: 'messages'; readonly document: Message }
)

/** The documents of one kind. They are never changed in place, so what is handed out may be kept. */
export interface Collection<T extends Document> {
  get(id: string): T | undefined
  /** Oldest first. */
  all(): readonly T[]
  add(document: T, by?: string | null): T
  /** Replaces the document that has the same id. */
  put(document: T, by?: string | null): T
  remove(id: string, by?: string | null): boolean
  /** How often something of it has changed. */
  changes(): number
  /** Puts documents in the place of all that are there, and announces nothing. */
  reset(documents: readonly T[]): void
}

/** Messages are looked for by their conversation at every event, so that they are kept by it, too. */
export interface Messages extends Collection<Message> {
  /** Those of a conversation, oldest first; the list grows as messages come. */
  of(conversation: string): readonly Message[]
}

/** What contacts are recognised by. */
export type ContactKey = 'telephone' | 'email'

/** Contacts are looked for by their profile whenever a conversation begins with one. */
export interface Contacts extends Collection<Document> {
  /** The one whose profile says so. */
  by(key: ContactKey, value: string): Document | undefined
}

export type Store = { readonly [R in Exclude<PlainName, 'contacts'>]: Collection<Document> } & {
  readonly contacts: Contacts
  readonly conversations: Collection<Conversation>
  readonly messages: Messages
}

/** What a store has now, webhooks apart. Returns the function that puts it back. */
export function checkpoint(store: Store): () => void {
  const { bots: _holders, services: _others, conversations, messages, ...plain } = store
  const resets = [conversations, messages, ...Object.values(plain)].map(resetTo)
  return () => {
    for (const reset of resets) reset()
  }
}

function resetTo<T extends Document>(collection: Collection<T>): () => void {
  const kept = collection.all()
  return () => collection.reset(kept)
}

/**
 * Creates an empty store. Calls `notify` after every change, before the change returns; what that throws, the change throws. Calls
 * `onForgotten` whenever the oldest document of a resource goes because there are too many.
 */
export function createStore(
  notify: (change: StoreChange) => void,
  onForgotten: (resource: ResourceName) => void = () => undefined,
): Store {
  const forgot = (resource: ResourceName) => (): void => onForgotten(resource)
  const plain = (resource: PlainName): Collection<Document> =>
    createCollection((action, document, by) => notify({ resource, action, document, by }), forgot(resource))
  return {
    users: plain('users'),
    bots: plain('bots'),
    botinstances: plain('botinstances'),
    channels: plain('channels'),
    contacts: createContacts(
      (action, document, by) => notify({ resource: 'contacts', action, document, by }),
      forgot('contacts'),
    ),
    organizations: plain('organizations'),
    orggroups: plain('orggroups'),
    partners: plain('partners'),
    services: plain('services'),
    forms: plain('forms'),
    workflows: plain('workflows'),
    metrics: plain('metrics'),
    points: plain('points'),
    kbases: plain('kbases'),
    kbitems: plain('kbitems'),
    articles: plain('articles'),
    files: plain('files'),
    locations: plain('locations'),
    watemplates: plain('watemplates'),
    conversations: createCollection(
      (action, document, by) => notify({ resource: 'conversations', action, document, by }),
      forgot('conversations'),
    ),
    messages: createMessages(
      (action, document, by) => notify({ resource: 'messages', action, document, by }),
      forgot('messages'),
    ),
  }
}

type Notify<T> = (action: Action, document: T, by: string | null) => void

/** `forget` is told of what goes because there is too much. */
function createCollection<T extends Document>(notify: Notify<T>, forget: (document: T) => void): Collection<T> {
  const documents = new Map<string, T>()
  let changes = 0

  function makeRoom(): void {
    if (documents.size <= MAX_KEPT) return
    const oldest = documents.values().next()
    if (oldest.done) return
    documents.delete(oldest.value.id)
    forget(oldest.value)
  }

  return {
    get: (id) => documents.get(id),
    all: () => [...documents.values()],
    changes: () => changes,
    reset: (kept) => {
      documents.clear()
      for (const document of kept) documents.set(document.id, document)
      changes += 1
    },
    add: (document, by = null) => {
      documents.set(document.id, document)
      changes += 1
      makeRoom()
      notify('create', document, by)
      return document
    },
    put: (document, by = null) => {
      documents.set(document.id, document)
      changes += 1
      notify('update', document, by)
      return document
    },
    remove: (id, by = null) => {
      const document = documents.get(id)
      if (document === undefined) return false
      documents.delete(id)
      changes += 1
      notify('delete', document, by)
      return true
    },
  }
}

function createContacts(notify: Notify<Document>, onForgotten: () => void): Contacts {
  const byKey = new Map<string, string>()
  const keysOf = ({ profile }: Document): readonly string[] =>
    (['telephone', 'email'] as const).flatMap((key) => {
      const value = textIn(profile, key)
      return value === null ? [] : [`${key} ${value}`]
    })

  function follow(contact: Document): void {
    // The first one keeps it, as long as it is theirs.
    for (const key of keysOf(contact)) if (known(key) === undefined) byKey.set(key, contact.id)
  }

  function known(key: string): Document | undefined {
    const contact = contacts.get(byKey.get(key) ?? '')
    return contact !== undefined && keysOf(contact).includes(key) ? contact : undefined
  }

  function drop(contact: Document): void {
    for (const key of keysOf(contact)) if (byKey.get(key) === contact.id) byKey.delete(key)
  }

  const contacts = createCollection<Document>(
    (action, contact, by) => {
      if (action === 'delete') drop(contact)
      else follow(contact)
      notify(action, contact, by)
    },
    (contact) => {
      drop(contact)
      onForgotten()
    },
  )
  return {
    ...contacts,
    by: (key, value) => known(`${key} ${value}`),
    reset: (kept) => {
      byKey.clear()
      contacts.reset(kept)
      kept.forEach(follow)
    },
  }
}

function createMessages(notify: Notify<Message>, onForgotten: () => void): Messages {
  const byConversation = new Map<string, Message[]>()

  function drop(message: Message): void {
    const list = byConversation.get(message.conversation) ?? []
    const at = list.findIndex(({ id }) => id === message.id)
    if (at >= 0) list.splice(at, 1)
    if (list.length === 0) byConversation.delete(message.conversation)
  }

  // The index follows before anybody is told of the change.
  function follow(action: Action, message: Message): void {
    const list = byConversation.get(message.conversation)
    if (action === 'delete') drop(message)
    else if (list === undefined) byConversation.set(message.conversation, [message])
    else if (action === 'create') list.push(message)
    else {
      const at = list.findIndex(({ id }) => id === message.id)
      if (at >= 0) list[at] = message
    }
  }

  const messages = createCollection<Message>(
    (action, message, by) => {
      follow(action, message)
      notify(action, message, by)
    },
    (message) => {
      drop(message)
      onForgotten()
    },
  )
  return {
    ...messages,
    of: (conversation) => byConversation.get(conversation) ?? [],
    reset: (kept) => {
      byConversation.clear()
      for (const message of kept) follow('create', message)
      messages.reset(kept)
    },
  }
}
