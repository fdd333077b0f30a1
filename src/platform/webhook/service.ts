// The webhook in a services document: one that is tied to a bot, or the general one of our own, found by its name or created.
import { randomBytes } from 'node:crypto'
import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import type { Client } from '../api/client.ts'
import { listAll } from '../api/pages.ts'
import {
  type Located,
  type NotLocated,
  readingOf,
  type UrlFilter,
  type WebhookEndpoint,
  type WebhookSearch,
} from './location.ts'

/** The endpoint of the services. */
export const SERVICES: WebhookEndpoint = {
  path: '/v2/services',
  statusField: 'status',
  deletable: true,
  find: findTied,
}

const listWebhooks = (client: Client, signal: AbortSignal): AsyncGenerator<Json, void, undefined> =>
  listAll(client, SERVICES.path, { type: 'webhook' }, signal)

async function findTied({ client, botId }: WebhookSearch, signal: AbortSignal): Promise<Located | NotLocated> {
  const tied: Located[] = []
  try {
    for await (const service of listWebhooks(client, signal)) {
      if (isTied(service, botId)) tied.push(...locate(service))
    }
  } catch (error) {
    // Listing services needs an admin's token; without one a service cannot be where the bot's webhook is changed.
    if (!(error instanceof DevHookError) || !error.is('permissionDenied')) throw error
  }
  const [only, ...others] = tied
  if (only === undefined) return { why: 'webhookUnknown', message: 'no service is tied to it' }
  if (others.length === 0) return only
  return { why: 'webhookAmbiguous', message: `bot ${botId} has ${tied.length} services of type webhook` }
}

function isTied(service: Json, botId: string): boolean {
  const ties = [valueIn(service, 'bot'), valueIn(service, 'user'), valueIn(valueIn(service, 'params'), 'bot')]
  return valueIn(service, 'type') === 'webhook' && ties.includes(botId)
}

/** The location in one service; none when it has no id. */
function locate(service: Json): Located[] {
  const id = textIn(service, 'id')
  if (id === null) return []
  const document = `${SERVICES.path}/${encodeURIComponent(id)}`
  const location = { endpoint: SERVICES, label: `service ${id}`, document, keys: ['params'], entry: null }
  return [{ location, reading: readingOf(location, service, () => true) }]
}

/** Finds the service of this name whose URL is wanted; `null` when there is none. Throws `permissionDenied` without an admin's token. */
export async function findService(
  client: Client,
  name: string,
  isWanted: UrlFilter,
  signal: AbortSignal,
): Promise<Located | null> {
  for await (const service of listWebhooks(client, signal)) {
    if (valueIn(service, 'type') !== 'webhook' || valueIn(service, 'name') !== name) continue
    const [located] = locate(service)
    if (located !== undefined && isWanted(located.reading.registered.url)) return located
  }
  return null
}

/** Makes a secret for a service: 16 random bytes in base64, as the platform makes them. */
export const createSecret = (): string => randomBytes(16).toString('base64')

/** Creates a service. A POST is sent once, whatever becomes of it. Throws what the client throws. */
export async function createService(
  client: Client,
  name: string,
  params: { readonly url: string; readonly secret: string; readonly events: readonly string[] },
  signal: AbortSignal,
): Promise<Located> {
  const { json } = await client.post(SERVICES.path, { signal, body: { name, type: 'webhook', params } })
  const [located] = isRecord(json) ? locate(json) : []
  if (located !== undefined) return located
  throw new DevHookError('apiNotJson', `POST ${SERVICES.path} did not answer with a service that has an id`)
}
