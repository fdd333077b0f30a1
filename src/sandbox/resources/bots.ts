// The resource `bots`: the bot's record, which may hold its webhook.
import type { Document } from '../../protocol/resources.ts'
import type { AppContext } from '../app-context.ts'
import { newDocument, type Resource } from './resource.ts'

export const bots = (context: AppContext): Resource<Document> => ({
  name: 'bots',
  called: 'Bot',
  ...context.store.bots,
  create: (body, caller) => context.store.bots.add(newDocument(context, caller, body), caller.user),
  update: (before, patch) => context.registrations.save('bots', before, patch),
})
