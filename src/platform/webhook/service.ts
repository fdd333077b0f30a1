// The general webhook: a service of our own, found by its name or created.

import { randomBytes } from 'node:crypto'
import { DevHookError } from '../../core/errors.ts'
import { isRecord, valueIn } from '../../core/json.ts'
import type { Client } from '../api/client.ts'

import { listAll } from '../api/pages.ts'
import { type Located, locateService } from './locate.ts'
import type { Wanted } from './location.ts'

/** The service of this name whose URL is wanted; `null` when there is none. Throws `permissionDenied` without an admin's token. */
export async function findService(
  client: Client,
  name: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Located | null> {
  for await (const service of listAll(client, '/v2/services', { type: 'webhook' }, signal)) {
    if (valueIn(service, 'type') !== 'webhook' || valueIn(service, 'name') !== name) continue
    const [located] = locateService(service)
    if (located !== undefined && wanted(located.seen.registered.url)) return located
  }
  return null
}

/** A secret for a service: 16 random bytes in base64, as the platform makes them. */
export const createSecret = (): string => randomBytes(16).toString('base64')

/** Creates the service. A POST is sent once, whatever becomes of it. */
export async function createService(
  client: Client,
  name: string,
  params: { readonly url: string; readonly secret: string; readonly events: readonly string[] },
  signal: AbortSignal,
): Promise<Located> {
  const { json } = await client.post('/v2/services', { signal, body: { name, type: 'webhook', params } })
  const [located] = isRecord(json) ? locateService(json) : []
  if (located === undefined) throw new DevHookError('apiRefused', 'POST /v2/services answered no service with an id')
  return located
}
