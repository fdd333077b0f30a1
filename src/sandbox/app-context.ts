// What the routes of the emulated API share: documents, seed entities, tokens, webhooks and the clock.
import type { TokenIssuer } from './access/tokens.ts'
import type { Arrival } from './chat/routing.ts'
import type { SeedEntities } from './seed.ts'
import type { Store } from './store.ts'
import type { PlatformClock } from './time/platform-clock.ts'
import type { Registrations } from './webhooks/registrations.ts'

export interface AppContext {
  readonly store: Store
  readonly seeded: SeedEntities
  readonly tokens: TokenIssuer
  readonly registrations: Registrations
  /** How the bot comes into conversations. */
  readonly arrival: Arrival
  readonly clock: PlatformClock
}
