// The resource `bots`: the bot's record, which may hold its webhook.
import type { Document } from '../../protocol/resources.ts'
import type { World } from '../app-context.ts'
import { newDocument, type Resource } from './resource.ts'

export const bots = (world: World): Resource<Document> => ({
  name: 'bots',
  called: 'Bot',
  admin: 'create',
  ...world.store.bots,
  create: (body) => world.store.bots.add(newDocument(world, body)),
  update: (before, patch) => world.registrations.save('bots', before, patch),
})
