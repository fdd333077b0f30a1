// The places in which a document holds a webhook, and reading and changing a webhook there.
import { withoutCredentials } from '../../core/hook-url.ts'
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import { getIn, type Path, setIn } from '../json-path.ts'

/**
 * Places of the bot-specific webhook: an object or list on the bot, a `services` document tied to the bot, or,
 * for `unknown`, one that no client knows.
 */
export const PLACE_NAMES = ['webhook', 'webhooks', 'hooks', 'params', 'service', 'unknown'] as const
export type PlaceName = (typeof PLACE_NAMES)[number]

/** One webhook in a document: the paths of its parts. */
export interface Slot {
  /** Of the object that holds URL, events and secret. */
  readonly at: Path
  readonly url: Path
  readonly events: Path
  readonly secret: Path
  readonly status: Path
}

const slot = (at: Path, url = 'url'): Slot => ({
  at,
  url: [...at, url],
  events: [...at, 'events'],
  secret: [...at, 'secret'],
  status: [...at, 'status'],
})

/** The webhook of a service, whose status is not beside URL and secret. */
const SERVICE_SLOT: Slot = { ...slot(['params']), status: ['status'] }

const ON_BOT: Readonly<Record<PlaceName, (bot: unknown) => readonly Slot[]>> = {
  webhook: () => [slot(['webhook'])],
  webhooks: (bot) => entriesOf(bot, 'webhooks'),
  hooks: (bot) => entriesOf(bot, 'hooks'),
  params: () => [slot(['params'])],
  service: () => [],
  unknown: () => [slot(['integration', 'callback'], 'address')],
}

function entriesOf(bot: unknown, list: string): readonly Slot[] {
  const entries = getIn(bot, [list])
  return Array.isArray(entries) ? entries.map((_, index) => slot([list, index])) : []
}

/** The webhooks of a bot, for the place that is in use. */
export const slotsOfBot = (place: PlaceName, bot: unknown): readonly Slot[] => ON_BOT[place](bot)

/** The webhooks of a service: one when its type is `webhook`, else none. */
export const slotsOfService = (service: unknown): readonly Slot[] =>
  getIn(service, ['type']) === 'webhook' ? [SERVICE_SLOT] : []

/** Whether a place holds webhooks as entries of a list, so that no webhook means no entry. */
export const isList = (place: PlaceName): place is 'webhooks' | 'hooks' => place === 'webhooks' || place === 'hooks'

/** The slot of the bot's own webhook, where there may be nothing yet. */
export function ownSlot(place: PlaceName): Slot {
  return isList(place) ? slot([place, 0]) : (ON_BOT[place](null)[0] ?? SERVICE_SLOT)
}

/** A webhook as the platform reads it from its slot. */
export interface Hook {
  readonly url: string | null
  /** `null`: everything. */
  readonly events: readonly string[] | null
  readonly secret: string | null
  readonly status: string | null
}

/** Reads what is in a slot. */
export function hookIn(document: Document | Json | null, { url, events, secret, status }: Slot): Hook {
  const patterns = getIn(document, events)
  return {
    url: asText(getIn(document, url)),
    events: Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : null,
    secret: asText(getIn(document, secret)),
    status: asText(getIn(document, status)),
  }
}

/** The fields of a webhook that are filled in when it is registered. */
export interface HookFields {
  readonly url: string
  readonly events: readonly string[]
  readonly secret: string
  readonly status: string
}

/** A webhook that nobody has registered yet. */
export const UNREGISTERED: Partial<HookFields> = { url: '', events: [], status: 'unverified' }

const FIELDS = ['url', 'events', 'secret', 'status'] as const

/** The document with these fields of the webhook in a slot changed, and nothing else. */
export function withHook(document: Document, slot: Slot, fields: Partial<HookFields>): Document {
  return FIELDS.reduce(
    (next, field) => (fields[field] === undefined ? next : setIn(next, slot[field], fields[field])),
    document,
  )
}

/** The raw object in a slot, or `null`. */
export const rawIn = (document: Document, { at }: Slot): Json | null => asRecord(getIn(document, at))

/** Where a webhook points to, for people: no credentials, and no path, because paths of webhooks are secret too. */
export const webhookOrigin = (url: string): string =>
  URL.canParse(url) ? new URL(url).origin : withoutCredentials(url)
