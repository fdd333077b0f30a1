// The resources without rules of their own: organizations, users, contacts, bot instances.
import type { Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import type { AppContext } from '../app-context.ts'

import type { Collection } from '../store.ts'
import { mergePatch, newDocument, type Resource } from './resource.ts'

/** The plain resources. Contacts may be added with any token, the others by admins only. */
export const plainResources = (context: AppContext): readonly Resource<Document>[] => [
  { name: 'organizations', called: 'Organization', admin: 'create', ...plain(context, context.store.organizations) },
  { name: 'users', called: 'User', admin: 'create', ...plain(context, context.store.users) },
  { name: 'contacts', called: 'Contact', ...plain(context, context.store.contacts) },
  { name: 'botinstances', called: 'Bot instance', admin: 'create', ...plain(context, context.store.botinstances) },
]

const plain = (context: AppContext, collection: Collection<Document>) => ({
  ...collection,
  create: (body: Json) => collection.add(newDocument(context, body)),
  update: (before: Document, patch: Json) => collection.put(mergePatch(before, patch)),
})
