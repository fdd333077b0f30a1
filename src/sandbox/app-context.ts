// What the routes of the emulated API share.

import type { Residents } from './seed.ts'
import type { Store } from './store.ts'
import type { Tokens } from './tokens.ts'
import type { Registrations } from './webhooks/registrations.ts'

export interface World {
  readonly store: Store
  readonly residents: Residents
  readonly tokens: Tokens
  readonly registrations: Registrations
}
