// Where on the platform a webhook stands: reading it there, and writing the whole nested object back.

import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json, omit, textIn, valueIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'
import type { Client } from '../api/client.ts'

/** A place that was seen in a read (or that the config names), in a form that a snapshot can keep. */
export interface Place {
  /** For people: `bot.webhook`. */
  readonly label: string
  /** The API path of the document: `/v2/bots/5b43…`. */
  readonly document: string
  /** The keys from the document down to the hook, or to the list it is in; none when the document itself carries it. */
  readonly keys: readonly string[]
  /** Where in the list the hook was; `null` when it is in none. */
  readonly entry: number | null
}

/** What one read showed at a place. */
export interface Sighting {
  readonly document: Json
  /** The nested object as it is, every field of it; `null` when nothing is there. */
  readonly hook: Json | null
  /** Its position in the list by now. */
  readonly entry: number | null
  readonly registered: Registered
}

/** Picks the hook out of a list: by the URL it has. */
export type Wanted = (url: string | null) => boolean

/** Of a document that itself carries a webhook. Its `status` is the bot's own, and says nothing of the webhook. */
const FLAT = ['url', 'events', 'secret']

export const botDocument = (botId: string): string => `/v2/bots/${encodeURIComponent(botId)}`
export const serviceDocument = (id: string): string => `/v2/services/${encodeURIComponent(id)}`
export const isService = (place: Place): boolean => place.document.startsWith('/v2/services/')

/** Two places that hold the same hook. */
export const samePlace = (a: Place, b: Place): boolean =>
  a.document === b.document && a.keys.join('.') === b.keys.join('.')

/** Reads a place anew; `null` when its document is a service that is gone. */
export async function readPlace(
  client: Client,
  place: Place,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Sighting | null> {
  const answer = await client.get(place.document, isService(place) ? { signal, allow: [404] } : { signal })
  if (answer.status === 404) return null
  if (!isRecord(answer.json)) throw new DevHookError('apiRefused', `GET ${place.document} answered no object`)
  return sight(place, answer.json, wanted)
}

/** What a document that was read shows at a place. */
export function sight(place: Place, document: Json, wanted: Wanted): Sighting {
  const value = valueAt(document, place.keys)
  const entry = place.entry === null ? null : entryOf(asList(value), place.entry, wanted)
  const found = place.keys.length === 0 ? pick(document, FLAT) : entry === null ? value : asList(value)[entry]
  const hook = isRecord(found) ? found : null
  return { document, hook, entry, registered: registeredOf(hook, statusOf(place, document, hook)) }
}

function entryOf(entries: readonly unknown[], likely: number, wanted: Wanted): number {
  const fits = (entry: unknown): boolean => isRecord(entry) && wanted(textIn(entry, 'url'))
  if (fits(entries[likely])) return likely
  const index = entries.findIndex(fits)
  // Past the end: what is written is added, and nobody else's entry is touched.
  return index === -1 ? entries.length : index
}

/** A hook as the port shows it. `status` is the one that counts at its place. */
export function registeredOf(hook: Json | null, status: string | null): Registered {
  const events = valueIn(hook, 'events')
  const secret = textIn(hook, 'secret')
  return {
    url: textIn(hook, 'url'),
    events: Array.isArray(events) ? events.filter((event) => typeof event === 'string') : null,
    secret: secret === null || isMasked(secret) ? null : secret,
    status,
  }
}

/** The status of a hook's own object, from `status` or `verified`. */
export function statusIn(hook: Json | null): string | null {
  const verified = valueIn(hook, 'verified')
  return textIn(hook, 'status') ?? (typeof verified === 'boolean' ? (verified ? 'active' : 'unverified') : null)
}

// A service has its status beside `params`.
const statusOf = (place: Place, document: Json, hook: Json | null): string | null =>
  isService(place) ? textIn(document, 'status') : statusIn(hook)

export const isActive = (status: string | null): boolean => status === 'active' || status === 'verified'

/** Writes a hook: the whole top-level field that holds it, as PATCH replaces nested objects whole; with the service's status if given. */
export async function writePlace(
  client: Client,
  place: Place,
  seen: Sighting,
  hook: Json | null,
  options: { readonly status?: string | null; readonly signal: AbortSignal },
): Promise<unknown> {
  const { status = null, signal } = options
  const body = patchOf(place, seen, hook)
  const { json } = await client.patch(place.document, {
    signal,
    body: isService(place) && status !== null ? { ...body, status } : body,
  })
  return json
}

/** The body of the PATCH that puts a hook (or nothing) at a place, with everything around it as it was read. */
export function patchOf(place: Place, seen: Sighting, hook: Json | null): Json {
  const [top, ...inner] = place.keys
  if (top === undefined) return flatPatch(seen.document, hook)
  return { [top]: replace(valueIn(seen.document, top), inner, seen.entry, hook) }
}

// Top-level fields are merged, so that what is to go has to be named; but never the secret, which may only be hidden.
function flatPatch(document: Json, hook: Json | null): Json {
  const gone = ['url', 'events'].filter((key) => Object.hasOwn(document, key) && !Object.hasOwn(hook ?? {}, key))
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...pick(hook ?? {}, FLAT) }
}

function replace(within: unknown, keys: readonly string[], entry: number | null, hook: Json | null): unknown {
  const [key, ...inner] = keys
  if (key !== undefined) {
    const parent = isRecord(within) ? within : {}
    return { ...parent, [key]: replace(valueIn(parent, key), inner, entry, hook) }
  }
  if (entry === null) return hook
  const entries = asList(within)
  return [...entries.slice(0, entry), ...(hook === null ? [] : [hook]), ...entries.slice(entry + 1)]
}

/** True for a text that stands for a secret that the platform does not show: `***`, `•••`. */
export const isMasked = (text: string): boolean => /\*{3,}|[•●]{3,}|^\[?(redacted|hidden|masked)\]?$/i.test(text)

/**
 * Returns a hook that may be written: without a masked secret. Written back, the mask would become the secret, for certain and for
 * ever; left out, the platform may keep the one it has, and generates a new one at worst.
 */
export function withoutMask(hook: Json): Json {
  const secret = textIn(hook, 'secret')
  return secret !== null && isMasked(secret) ? omit(hook, 'secret') : hook
}

/** True when writing the place would write masks over what stands beside the hook, or putting it back over its URL's password. */
export function isHidden(place: Place, seen: Sighting): boolean {
  const authority = /^[^/]*\/\/([^/]*)@/.exec(seen.registered.url ?? '')?.[1]
  if (authority !== undefined && isMasked(authority)) return true
  return place.keys.length > 0 && isMasked(JSON.stringify(patchOf(place, seen, null)))
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const pick = (from: Json, keys: readonly string[]): Json =>
  Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]))

/** The value under some keys; `undefined` when the way ends before. */
export function valueAt(document: Json, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => valueIn(value, key), document)
}
