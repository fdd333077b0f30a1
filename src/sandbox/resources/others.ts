// The resources without rules of their own: organizations, users, contacts, bot instances.
import type { Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import type { World } from '../app-context.ts'

import type { Collection } from '../store.ts'
import { merged, newDocument, type Resource } from './resource.ts'

/** Those resources. Contacts may be added with any token, the others by admins only. */
export const plainResources = (world: World): readonly Resource<Document>[] => [
  { name: 'organizations', called: 'Organization', admin: 'create', ...plain(world, world.store.organizations) },
  { name: 'users', called: 'User', admin: 'create', ...plain(world, world.store.users) },
  { name: 'contacts', called: 'Contact', ...plain(world, world.store.contacts) },
  { name: 'botinstances', called: 'Bot instance', admin: 'create', ...plain(world, world.store.botinstances) },
]

const plain = (world: World, collection: Collection<Document>) => ({
  ...collection,
  create: (body: Json) => collection.add(newDocument(world, body)),
  update: (before: Document, patch: Json) => collection.put(merged(before, patch)),
})
