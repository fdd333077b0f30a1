// The documents of a sandbox as whoever drives it reads and changes them: past the API, with all the events of a change.
import { asText, type Json } from '../core/json.ts'
import { isId } from '../protocol/ids.ts'
import type { Conversation, Document } from '../protocol/resources.ts'
import { ApiError } from './api-error.ts'
import type { AppContext } from './app-context.ts'
import { asMessage } from './chat/draft.ts'
import { post } from './chat/posting.ts'
import { asConversation, createConversation } from './resources/conversations.ts'
import { plainResources } from './resources/others.ts'
import { hasValues } from './resources/query.ts'
import { mergePatch, newDocument } from './resources/resource.ts'
import { adminOf } from './seed.ts'
import type { ResourceName } from './store.ts'

/** The documents of one resource. What is written is written by the admin, and raises events like any other change. */
export interface DataCollection {
  /** Adds a document, with the `id` of 24 hex digits that is given, if one is; its times are its own. Throws what the API would answer. */
  create(fields: Json): Document
  get(id: string): Document | null
  /** Those that have these values, with keys such as `profile.email` for nested ones; oldest first. */
  list(where?: Json): readonly Document[]
  /** Merges fields in at the top. Throws what the API would answer. */
  update(id: string, fields: Json): Document
  /** Removes a document; nothing happens when it is not there. */
  remove(id: string): void
}

/** How documents of a resource are made and changed. */
interface Writing {
  create(fields: Json): Document
  update(before: Document, fields: Json): Document
}

/** Opens the documents of a sandbox, by the name of their resource. */
export function openData(context: AppContext): (name: ResourceName) => DataCollection {
  const { store } = context
  const admin = adminOf(context.seeded)
  const plain = plainResources(context)

  function writingOf(name: ResourceName): Writing {
    if (name === 'conversations') {
      return {
        create: (fields) => createConversation(context, admin, fields),
        update: (before, fields) =>
          store.conversations.put(asConversation(mergePatch(context, before, fields)), admin.user),
      }
    }
    if (name === 'messages') {
      return {
        create: (fields) => post(context, admin, conversationIn(fields), fields),
        update: (before, fields) => store.messages.put(asMessage(mergePatch(context, before, fields)), admin.user),
      }
    }
    const known = plain.find((resource) => resource.name === name)
    return {
      create: (fields) => {
        const id = asText(fields['id'])
        if (id !== null && !isId(id)) throw new ApiError(400, 'id must be 24 hex digits')
        if (known !== undefined && id === null) return known.create(fields, admin)
        return store[name].add({ ...newDocument(context, admin, fields), ...(id !== null && { id }) }, admin.user)
      },
      // Of a bot or service too: the rules for webhooks are those of the API, and of the admin pages.
      update: (before, fields) =>
        known?.update(before, fields, admin) ?? store[name].put(mergePatch(context, before, fields), admin.user),
    }
  }

  function conversationIn(fields: Json): Conversation {
    const conversation = store.conversations.get(asText(fields['conversation']) ?? '')
    if (conversation === undefined) throw new ApiError(404, 'Conversation not found')
    return conversation
  }

  return (name) => {
    const documents = store[name]
    const { create, update } = writingOf(name)
    return {
      create,
      get: (id) => documents.get(id) ?? null,
      list: (where = {}) => documents.all().filter((document) => hasValues(document, where)),
      update: (id, fields) => {
        const before = documents.get(id)
        if (before === undefined) throw new ApiError(404, `there is no document ${id} among the ${name}`)
        return update(before, fields)
      },
      remove: (id) => void documents.remove(id, admin.user),
    }
  }
}
