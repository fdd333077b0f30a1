// `populate`: fields that name other documents by their ids become those documents, however deep they lie.
// Source: developers.web1on1.chat/apireference/fetchingresources; chipchat populates `categories.forms`.
import { isRecord, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import type { ResourceName, Store } from '../store.ts'

/** Which resource the ids in a field belong to. */
const OWNERS: Readonly<Record<string, ResourceName>> = {
  article: 'articles',
  articles: 'articles',
  bot: 'bots',
  channel: 'channels',
  channels: 'channels',
  contact: 'contacts',
  conversation: 'conversations',
  createdBy: 'users',
  file: 'files',
  files: 'files',
  form: 'forms',
  forms: 'forms',
  location: 'locations',
  messages: 'messages',
  organization: 'organizations',
  organizations: 'organizations',
  user: 'users',
  users: 'users',
}

/** A document with the fields at these dotted paths populated; unknown ids stay. */
export function populated(store: Store, document: Document, paths: readonly string[]): Document {
  return paths.reduce((after, path) => ({ ...inObject(store, after, path.split('.')), id: document.id }), document)
}

function inObject(store: Store, object: Json, [field, ...rest]: readonly string[]): Json {
  if (field === undefined || !Object.hasOwn(object, field)) return object
  return { ...object, [field]: inValue(store, object[field], field, rest) }
}

function inValue(store: Store, value: unknown, field: string, rest: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => inValue(store, entry, field, rest))
  const owner = OWNERS[field]
  const found = typeof value === 'string' && owner !== undefined ? (store[owner].get(value) ?? value) : value
  return isRecord(found) && rest.length > 0 ? inObject(store, found, rest) : found
}
