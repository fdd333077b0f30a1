// The platform's documents, in memory.

import { randomBytes } from 'node:crypto'
import type { Conversation, Document, Message } from '../protocol/resources.ts'
import { MAX_KEPT } from './bounds.ts'

interface Kinds {
  users: Document
  bots: Document
  botinstances: Document
  services: Document
  organizations: Document
  contacts: Document
  conversations: Conversation
  messages: Message
}

export type ResourceName = keyof Kinds

/** A document that came, changed or went. */
export type StoreChange = {
  readonly [R in ResourceName]: {
    readonly resource: R
    readonly action: 'create' | 'update' | 'delete'
    readonly document: Kinds[R]
  }
}[ResourceName]

/** The documents of one kind. They are never changed in place, so what is handed out may be kept. */
export interface Collection<T extends Document> {
  get(id: string): T | undefined
  /** Oldest first. */
  all(): readonly T[]
  add(document: T): T
  /** Replaces the document that has the same id. */
  put(document: T): T
  remove(id: string): boolean
}

export type Store = { readonly [R in ResourceName]: Collection<Kinds[R]> }

/** An id as the platform makes them. */
export const newId = (): string => randomBytes(12).toString('hex')

/** Creates an empty store. Calls `notify` after every change, before the change returns; what that throws, the change throws. */
export function createStore(notify: (change: StoreChange) => void): Store {
  return {
    users: createCollection((action, document) => notify({ resource: 'users', action, document })),
    bots: createCollection((action, document) => notify({ resource: 'bots', action, document })),
    botinstances: createCollection((action, document) => notify({ resource: 'botinstances', action, document })),
    services: createCollection((action, document) => notify({ resource: 'services', action, document })),
    organizations: createCollection((action, document) => notify({ resource: 'organizations', action, document })),
    contacts: createCollection((action, document) => notify({ resource: 'contacts', action, document })),
    conversations: createCollection((action, document) => notify({ resource: 'conversations', action, document })),
    messages: createCollection((action, document) => notify({ resource: 'messages', action, document })),
  }
}

function createCollection<T extends Document>(
  notify: (action: StoreChange['action'], document: T) => void,
): Collection<T> {
  const documents = new Map<string, T>()
  return {
    get: (id) => documents.get(id),
    all: () => [...documents.values()],
    add: (document) => {
      documents.set(document.id, document)
      const oldest = documents.keys().next()
      if (documents.size > MAX_KEPT && !oldest.done) documents.delete(oldest.value)
      notify('create', document)
      return document
    },
    put: (document) => {
      documents.set(document.id, document)
      notify('update', document)
      return document
    },
    remove: (id) => {
      const document = documents.get(id)
      if (document === undefined) return false
      documents.delete(id)
      notify('delete', document)
      return true
    },
  }
}
