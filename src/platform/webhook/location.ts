// Where a webhook is kept on the platform: reading it there, and writing the whole nested object back.
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'
import { objectIn } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'
import { isMasked, registeredOf, statusIn, withoutMask } from './hook.ts'

/** A kind of document that may carry the webhook of a bot; `locate.ts` has the table of them. */
export interface WebhookEndpoint {
  /** The API path of the documents, without a slash at the end: `/v2/services`. */
  readonly path: string
  /**
   * The field of the document that holds the status of the webhook, where the platform verifies when `active` is written
   * to it; `null` where the status is in the hook's own object.
   */
  readonly statusField: string | null
  /** Whether a document may be deleted while it carries a webhook, so that a 404 is an answer rather than an error. */
  readonly deletable: boolean
  /** Looks for the webhook of a bot in these documents. Throws what the client throws. */
  find(search: WebhookSearch, signal: AbortSignal): Promise<Located | NotLocated>
}

/** The bot whose webhook is looked for. */
export interface WebhookSearch {
  readonly client: Client
  readonly botId: string
  /** Where the config says that it is in the bot's record (`settings.hook`, `hooks.1`); `null` when it does not. */
  readonly webhookPath: string | null
}

/** A location that was seen in a read (or that the config names). */
export interface WebhookLocation {
  readonly endpoint: WebhookEndpoint
  /** For people: `bot.webhook`. */
  readonly label: string
  /** The API path of the document: `/v2/bots/5b43…`. */
  readonly document: string
  /** The keys from the document down to the hook, or to the list it is in; none when the document itself carries it. */
  readonly keys: readonly string[]
  /** Where in the list the hook was; `null` when it is in none. */
  readonly entry: number | null
}

/** What one read showed at a location. */
export interface Reading {
  readonly document: Json
  /** The nested object as it is, every field of it; `null` when nothing is there. */
  readonly hook: Json | null
  /** Its position in the list by now. */
  readonly entry: number | null
  readonly registered: Registered
}

/** A location with what was read there. */
export interface Located {
  readonly location: WebhookLocation
  readonly reading: Reading
}

/** Why no location is certain enough to write to; `message` names what was searched. */
export interface NotLocated {
  readonly why: 'webhookUnknown' | 'webhookAmbiguous'
  readonly message: string
}

/** Picks the hook out of a list: by the URL it has. */
export type UrlFilter = (url: string | null) => boolean

/** The fields of a webhook in a document that carries it itself. Its `status` is the bot's own, not the webhook's. */
const FLAT = ['url', 'events', 'secret']

/** True when both hold the same hook. */
export const isSameLocation = (a: WebhookLocation, b: WebhookLocation): boolean =>
  a.document === b.document && a.keys.join('.') === b.keys.join('.')

/** Reads a location again; `null` when its document was deleted. Throws what the client throws. */
export async function readLocation(
  client: Client,
  location: WebhookLocation,
  isWanted: UrlFilter,
  signal: AbortSignal,
): Promise<Reading | null> {
  const { document, endpoint } = location
  const { status, json } = await client.get(document, endpoint.deletable ? { signal, allow: [404] } : { signal })
  if (status === 404) return null
  return readingOf(location, objectIn(`GET ${document}`, json), isWanted)
}

/** What a document that was read shows at a location. */
export function readingOf(location: WebhookLocation, document: Json, isWanted: UrlFilter): Reading {
  const { keys, endpoint } = location
  const value = valueAt(document, keys)
  const entry = location.entry === null ? null : entryOf(asList(value), location.entry, isWanted)
  const found = keys.length === 0 ? pick(document, FLAT) : entry === null ? value : asList(value)[entry]
  const hook = isRecord(found) ? found : null
  const status = endpoint.statusField === null ? statusIn(hook) : textIn(document, endpoint.statusField)
  return { document, hook, entry, registered: registeredOf(hook, status) }
}

function entryOf(entries: readonly unknown[], likely: number, isWanted: UrlFilter): number {
  const fits = (entry: unknown): boolean => isRecord(entry) && isWanted(textIn(entry, 'url'))
  if (fits(entries[likely])) return likely
  const index = entries.findIndex(fits)
  // Past the end: what is written is added, and nobody else's entry is touched.
  return index === -1 ? entries.length : index
}

/** The status that stands beside the hook, and so is not in it; `null` where the hook has its own. */
export const statusBeside = ({ location, reading }: Located): string | null =>
  location.endpoint.statusField === null ? null : reading.registered.status

/** Whether the platform verifies this location when it is asked to, and may not when only the URL is written. */
export const verifiesOnRequest = ({ endpoint }: WebhookLocation): boolean => endpoint.statusField !== null

/**
 * Writes a hook: the whole top-level field that holds it, as PATCH replaces nested objects whole; with the status beside
 * it, where that is given and the location has one. Resolves with the JSON of the answer.
 */
export async function writeLocation(
  client: Client,
  { location, reading }: Located,
  hook: Json | null,
  options: { readonly status?: string | null; readonly signal: AbortSignal },
): Promise<unknown> {
  const { status = null, signal } = options
  const { statusField } = location.endpoint
  const patch = patchOf(location, reading, hook)
  const body = statusField === null || status === null ? patch : { ...patch, [statusField]: status }
  return (await client.patch(location.document, { signal, body })).json
}

/** Asks the platform to verify the URL that is registered at a location. */
export async function requestVerification(client: Client, located: Located, signal: AbortSignal): Promise<void> {
  const { location, reading } = located
  const { statusField } = location.endpoint
  if (statusField !== null) {
    await client.patch(location.document, { signal, body: { [statusField]: 'active' } })
    return
  }
  const hook = withoutMask(reading.hook ?? {})
  // Only in the words that the hook itself uses; where it shows none, saving it again is all that can be done.
  const asked = 'status' in hook ? { status: 'active' } : statusIn(hook) === null ? {} : { verified: true }
  await writeLocation(client, located, { ...hook, ...asked }, { signal })
}

/** The body of the PATCH that puts a hook (or nothing) at a location, with everything around it as it was read. */
function patchOf(location: WebhookLocation, reading: Reading, hook: Json | null): Json {
  const [top, ...inner] = location.keys
  if (top === undefined) return flatPatch(reading.document, hook)
  return { [top]: replace(valueIn(reading.document, top), inner, reading.entry, hook) }
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

/** True when a write would put masks over what stands beside the hook, or a restore over the password of its URL. */
export function hidesSecrets({ location, reading }: Located): boolean {
  const authority = /^[^/]*\/\/([^/]*)@/.exec(reading.registered.url ?? '')?.[1]
  if (authority !== undefined && isMasked(authority)) return true
  return location.keys.length > 0 && isMasked(JSON.stringify(patchOf(location, reading, null)))
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const pick = (from: Json, keys: readonly string[]): Json =>
  Object.fromEntries(keys.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]))

/** The value under some keys; `undefined` when one of them is missing on the way. */
export function valueAt(document: Json, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => valueIn(value, key), document)
}
