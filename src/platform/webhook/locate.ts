// Finding the webhook of a bot: its place in the API is not documented, so it is looked for in what a read returns.

import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import type { Client } from '../api/client.ts'

import { listAll } from '../api/pages.ts'
import { botDocument, isHidden, type Place, type Sighting, serviceDocument, sight, valueAt } from './location.ts'

/** A place with what was seen there. */
export interface Located {
  readonly place: Place
  readonly seen: Sighting
}

/** Why no place is certain enough to write to; `message` says what was looked at. */
export interface NotLocated {
  readonly why: 'webhookUnknown' | 'webhookAmbiguous'
  readonly message: string
}

type Sight = Located | 'ambiguous' | null
type Locator = (bot: Json, botId: string) => Sight

/** The places in the bot's own document, most likely first. */
const LOCATORS: readonly Locator[] = [
  (bot, botId) =>
    isOpen(bot, 'webhook') || isHook(valueIn(bot, 'webhook')) ? at(bot, botId, ['webhook'], null) : null,
  (bot, botId) => inList(bot, botId, ['hooks']),
  (bot, botId) => inList(bot, botId, ['webhooks']),
  (bot, botId) => (isHook(valueIn(bot, 'params')) ? at(bot, botId, ['params'], null) : null),
  // A bot may have a `url` for other reasons: only together with events or a secret is it a webhook's.
  (bot, botId) =>
    textIn(bot, 'url') !== null && ('events' in bot || 'secret' in bot) ? at(bot, botId, [], null) : null,
]

/**
 * Looks for the webhook of a bot: where `webhookPath` says (`settings.hook`, `hooks.1`), else in the places of the table,
 * one with a URL before one without, else among the services. Throws what the client throws.
 */
export async function findBotWebhook(
  client: Client,
  botId: string,
  webhookPath: string | null,
  signal: AbortSignal,
): Promise<Located | NotLocated> {
  const { json: bot } = await client.get(botDocument(botId), { signal })
  if (!isRecord(bot)) throw new DevHookError('apiRefused', `GET ${botDocument(botId)} answered no object`)
  const sights = webhookPath === null ? LOCATORS.map((locate) => locate(bot, botId)) : [named(bot, botId, webhookPath)]
  const located = sights.filter((found) => found !== null && found !== 'ambiguous')
  const best = located.find(({ seen }) => seen.registered.url !== null) ?? located[0]
  if (best !== undefined) return visible(best)
  if (sights.includes('ambiguous')) {
    return { why: 'webhookAmbiguous', message: `bot ${botId} has several webhooks and none of them stands out` }
  }
  if (webhookPath !== null) {
    return { why: 'webhookUnknown', message: `\`${webhookPath}\` of bot ${botId} is no place for a webhook` }
  }
  return (
    (await findTiedService(client, botId, signal)) ?? {
      why: 'webhookUnknown',
      message: `bot ${botId} shows no webhook in webhook, hooks, webhooks, params or url, and no service is tied to it`,
    }
  )
}

function visible(located: Located): Located | NotLocated {
  if (!isHidden(located.place, located.seen)) return located
  const { label } = located.place
  return { why: 'webhookAmbiguous', message: `${label} hides a password or secret, so that it could not be put back` }
}

// Seen, and open for a webhook: nothing is registered yet.
const isOpen = (bot: Json, key: string): boolean =>
  Object.hasOwn(bot, key) && (bot[key] === null || (isRecord(bot[key]) && Object.keys(bot[key]).length === 0))

const isHook = (value: unknown): boolean =>
  isRecord(value) && ['url', 'secret', 'events', 'status', 'verified'].some((key) => Object.hasOwn(value, key))

function at(bot: Json, botId: string, keys: readonly string[], entry: number | null): Located {
  const label = ['bot', ...keys, ...(entry === null ? [] : [String(entry)])].join('.')
  const place: Place = { label, document: botDocument(botId), keys, entry }
  return { place, seen: sight(place, bot, () => true) }
}

function inList(bot: Json, botId: string, keys: readonly string[]): Sight {
  const entries = valueAt(bot, keys)
  if (!Array.isArray(entries) || !entries.every(isHook)) return null
  if (entries.length <= 1) return at(bot, botId, keys, 0)
  const [only, ...others] = entries.flatMap((entry, index) => (textIn(entry, 'url') === null ? [] : [index]))
  return only === undefined || others.length > 0 ? 'ambiguous' : at(bot, botId, keys, only)
}

function named(bot: Json, botId: string, path: string): Sight {
  const keys = path.split('.').filter((key) => key !== '')
  const value = valueAt(bot, keys)
  if (Array.isArray(value)) return inList(bot, botId, keys)
  const last = keys.at(-1)
  const parent = keys.slice(0, -1)
  if (last === undefined) return null
  const list = valueAt(bot, parent)
  if (Array.isArray(list)) return isRecord(list[Number(last)]) ? at(bot, botId, parent, Number(last)) : null
  // Not seen, but the config names it; its parent has to be there all the same.
  return isRecord(list) && (value === undefined || value === null || isRecord(value))
    ? at(bot, botId, keys, null)
    : null
}

async function findTiedService(
  client: Client,
  botId: string,
  signal: AbortSignal,
): Promise<Located | NotLocated | null> {
  const tied: Located[] = []
  try {
    for await (const service of listAll(client, '/v2/services', { type: 'webhook' }, signal)) {
      if (isTied(service, botId)) tied.push(...locateService(service))
    }
  } catch (error) {
    // Listing services needs an admin's token; without one this place cannot be where the bot's webhook is changed.
    if (error instanceof DevHookError && error.is('permissionDenied')) return null
    throw error
  }
  const [only, ...others] = tied
  if (only === undefined) return null
  if (others.length === 0) return visible(only)
  return { why: 'webhookAmbiguous', message: `bot ${botId} has ${tied.length} services of type webhook` }
}

function isTied(service: Json, botId: string): boolean {
  const ties = [valueIn(service, 'bot'), valueIn(service, 'user'), valueIn(valueIn(service, 'params'), 'bot')]
  return valueIn(service, 'type') === 'webhook' && ties.includes(botId)
}

/** The place of a general webhook in a services document; none when it has no id. */
export function locateService(service: Json): Located[] {
  const id = textIn(service, 'id')
  if (id === null) return []
  const place: Place = { label: `service ${id}`, document: serviceDocument(id), keys: ['params'], entry: null }
  return [{ place, seen: sight(place, service, () => true) }]
}
