// The documents of a new sandbox: one organization with one bot, one agent and one admin.

import type { Named } from '../protocol/envelope.ts'
import { newId } from '../protocol/ids.ts'
import { botEmail, type Document } from '../protocol/resources.ts'
import { scopesUpTo } from './access/permissions.ts'
import type { Caller } from './access/tokens.ts'
import type { Store } from './store.ts'
import { type HookFields, isList, ownSlot, type PlaceName, UNREGISTERED, withHook } from './webhooks/locations.ts'

/** Somebody with an e-mail address, which they log in with. */
type Login = Named & { readonly email: string }

/** The entities that a new sandbox begins with. */
export interface SeedEntities {
  readonly organization: string
  readonly bot: Login
  readonly agent: Login
  readonly admin: Login
}

/** Somebody of the organization as a caller of the API. */
export const personAsCaller = (
  { organization }: SeedEntities,
  user: string,
  role: 'guest' | 'agent' | 'admin',
): Caller => ({ user, organization, scopes: scopesUpTo(role) })

/** The admin as a caller of the API. */
export const adminOf = (seeded: SeedEntities): Caller => personAsCaller(seeded, seeded.admin.id, 'admin')

/** What is known of the bot that comes into the sandbox; everything else is made up. */
export interface BotIdentity {
  readonly id?: string | undefined
  readonly organization?: string | undefined
  readonly email?: string | undefined
}

/** Fills an empty store; `registered` is the bot's webhook, `null` for none, `createdAt` the time in ISO 8601. */
export function seed(
  store: Store,
  place: PlaceName,
  registered: HookFields | null,
  identity: BotIdentity,
  createdAt: string,
): SeedEntities {
  const { organization = newId(), id = newId(), email = botEmail(id) } = identity
  const bot = { id, name: 'Echo', email }
  const agent = { id: newId(), name: 'Alex Agent', email: 'alex@sandbox.example' }
  const admin = { id: newId(), name: 'Sam Admin', email: 'sam@sandbox.example' }
  const common = { organization, orgPath: organization, status: 'active', createdAt, updatedAt: createdAt }
  const name = 'DEVELOPER: Sandbox'

  store.organizations.add({
    ...common,
    id: organization,
    name,
    displayName: name,
    categories: [],
    commands: [],
    tags: [],
    meta: {},
  })
  store.users.add({ ...common, ...bot, displayName: bot.name, type: 'bot', role: 'bot' })
  for (const [person, role] of [
    [agent, 'agent'],
    [admin, 'admin'],
  ] as const) {
    const [givenName = '', familyName = ''] = person.name.split(' ')
    store.users.add({ ...common, ...person, displayName: person.name, type: 'user', role, givenName, familyName })
  }
  store.botinstances.add({ ...common, id: newId(), bot: id, enabled: true, meta: {} })
  const record = { name: bot.name, enabled: true, roles: [], audience: 'owner', tags: [], commands: [], meta: {} }
  seedWebhook(store, place, registered, { ...common, ...record, id }, { ...common, id: newId() })
  return { organization, bot, agent, admin }
}

/** `service`: what a service begins with, where that is the place of the webhook. */
function seedWebhook(
  store: Store,
  place: PlaceName,
  registered: HookFields | null,
  record: Document,
  service: Document,
): void {
  const hook = registered ?? UNREGISTERED
  if (place === 'service') {
    store.bots.add(record)
    const own = { ...service, name: `${String(record['name'])} webhook`, type: 'webhook', bot: record.id }
    if (registered !== null) store.services.add(withHook(own, ownSlot(place), hook))
  } else if (isList(place) && registered === null) {
    store.bots.add({ ...record, [place]: [] })
  } else {
    // A bot whose webhook was never filled in shows it all the same, empty.
    store.bots.add(withHook(record, ownSlot(place), hook))
  }
}
