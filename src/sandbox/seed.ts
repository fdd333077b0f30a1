// The documents of a new sandbox: one organization with one bot and one agent.
import { botEmail } from '../protocol/resources.ts'
import type { Named } from '../protocol/templates.ts'
import { newId, type Store } from './store.ts'
import { type HookFields, isList, ownSlot, type PlaceName, UNREGISTERED, withHook } from './webhooks/locations.ts'

/** The entities that a new sandbox begins with. */
export interface SeedEntities {
  readonly organization: string
  readonly bot: Named & { readonly email: string }
  readonly agent: Named
}

/** Fills an empty store; `registered` is the bot's webhook, `null` for none. */
export function seed(store: Store, place: PlaceName, registered: HookFields | null): SeedEntities {
  const createdAt = new Date().toISOString()
  const organization = newId()
  const id = newId()
  const bot = { id, name: 'Echo', email: botEmail(id) }
  const agent = { id: newId(), name: 'Alex Agent' }
  const common = { organization, orgPath: organization, status: 'active', createdAt, updatedAt: createdAt }

  store.organizations.add({ ...common, id: organization, name: 'DEVELOPER: Sandbox', categories: [] })
  store.users.add({ ...common, ...bot, type: 'bot', role: 'bot' })
  store.users.add({ ...common, ...agent, type: 'user', role: 'agent', givenName: 'Alex', familyName: 'Agent' })
  store.botinstances.add({ ...common, id: newId(), bot: id, enabled: true, meta: {} })

  const record = {
    ...common,
    id,
    name: bot.name,
    enabled: true,
    roles: [],
    audience: 'owner',
    tags: [],
    commands: [],
    meta: {},
  }
  const hook = registered ?? UNREGISTERED
  if (place === 'service') {
    store.bots.add(record)
    const service = { ...common, id: newId(), name: `${bot.name} webhook`, type: 'webhook', bot: id }
    if (registered !== null) store.services.add(withHook(service, ownSlot(place), hook))
  } else if (isList(place) && registered === null) {
    store.bots.add({ ...record, [place]: [] })
  } else {
    // A bot whose webhook was never filled in shows it all the same, empty.
    store.bots.add(withHook(record, ownSlot(place), hook))
  }
  return { organization, bot, agent }
}
