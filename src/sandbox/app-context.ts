// What the routes of the emulated API share: documents, seed entities, tokens and webhooks.
import type { SeedEntities } from './seed.ts'
import type { Store } from './store.ts'
import type { TokenIssuer } from './tokens.ts'
import type { Registrations } from './webhooks/registrations.ts'

export interface AppContext {
  readonly store: Store
  readonly seeded: SeedEntities
  readonly tokens: TokenIssuer
  readonly registrations: Registrations
}
