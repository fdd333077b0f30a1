// The platform's documents, in memory.

import { randomBytes } from 'node:crypto'
import type { Off } from '../core/listeners.ts'

import type { Conversation, Document, Message } from '../protocol/resources.ts'
import { KEPT } from './bounds.ts'

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
export type Change = {
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

export type Store = { readonly [R in ResourceName]: Collection<Kinds[R]> } & {
  /** Calls the listener after every change; it must not throw. */
  on(listener: (change: Change) => void): Off
}

/** An id as the platform makes them. */
export const newId = (): string => randomBytes(12).toString('hex')

/** Creates an empty store. */
export function createStore(): Store {
  const listeners = new Set<(change: Change) => void>()
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change)
  }
  return {
    users: createCollection((action, document) => tell({ resource: 'users', action, document })),
    bots: createCollection((action, document) => tell({ resource: 'bots', action, document })),
    botinstances: createCollection((action, document) => tell({ resource: 'botinstances', action, document })),
    services: createCollection((action, document) => tell({ resource: 'services', action, document })),
    organizations: createCollection((action, document) => tell({ resource: 'organizations', action, document })),
    contacts: createCollection((action, document) => tell({ resource: 'contacts', action, document })),
    conversations: createCollection((action, document) => tell({ resource: 'conversations', action, document })),
    messages: createCollection((action, document) => tell({ resource: 'messages', action, document })),
    on: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function createCollection<T extends Document>(tell: (action: Change['action'], document: T) => void): Collection<T> {
  const documents = new Map<string, T>()
  return {
    get: (id) => documents.get(id),
    all: () => [...documents.values()],
    add: (document) => {
      documents.set(document.id, document)
      const oldest = documents.keys().next()
      if (documents.size > KEPT && !oldest.done) documents.delete(oldest.value)
      tell('create', document)
      return document
    },
    put: (document) => {
      documents.set(document.id, document)
      tell('update', document)
      return document
    },
    remove: (id) => {
      const document = documents.get(id)
      if (document === undefined) return false
      documents.delete(id)
      tell('delete', document)
      return true
    },
  }
}
