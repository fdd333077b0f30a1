// What the routes of the emulated API share.
import type { Registrations } from './registrations.ts'
import type { Residents } from './seed.ts'
import type { Store } from './store.ts'
import type { Tokens } from './tokens.ts'

export interface World {
  readonly store: Store
  readonly residents: Residents
  readonly tokens: Tokens
  readonly registrations: Registrations
}
