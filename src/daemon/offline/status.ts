// What `dev-hook status` shows, found out without changing anything: what is registered, whose it is, what an earlier run has left.
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Owner, Registered } from '../../core/ports.ts'
import type { Redactor } from '../../core/text/redact.ts'
import { type PagePlace, pagePlace, readAddress } from '../../inspector/address.ts'
import { type Holder, readLock } from '../../lock/lock.ts'
import type { Client } from '../../platform/api/client.ts'
import { findWebhook } from '../../platform/webhook/locate.ts'
import { findOwner, restorabilityOf } from '../../platform/webhook/owner.ts'
import { readSnapshot, type SnapshotFile, urlBefore } from '../../platform/webhook/snapshot.ts'
import { createApiClient } from '../account/api-client.ts'
import { botFolder, identityOf } from '../account/bot-identity.ts'
import { createOwnerProbe } from '../other-dev-hooks.ts'
import { serviceNameOf } from '../start/open-registration.ts'

type Leftover =
  | {
      readonly takenAt: string
      readonly pid: number
      /** The URL that is owed to the platform, without its credentials; `null` when there was none. */
      readonly owed: string | null
      /** Whether another dev-hook that answers has the webhook now, so that it cannot be put back yet. */
      readonly blocked: boolean
    }
  | { readonly damaged: string }

export interface Status {
  readonly botId: string
  /** `null` when it is nowhere that dev-hook knows. */
  readonly registration: Registered | null
  readonly owner: Owner
  readonly verified: boolean
  /** Whether the registered URL answers a challenge; `null` when it was not asked, or none is registered. */
  readonly answers: boolean | null
  /** What an earlier run has left to restore: `damaged` is the path of a snapshot that cannot be read. */
  readonly leftover: Leftover | null
  /** The run on this machine that holds the bot now. */
  readonly running: Holder | null
  /** Where the page of that run is; `null` without one. */
  readonly page: PagePlace | null
}

export interface StatusRequest {
  readonly config: Config
  /** Whether a URL is asked too that is not a dev-hook's. */
  readonly askAny: boolean
  readonly stateHome: string
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly emit: Emit
  readonly redactor: Redactor
}

/** Finds out the status of a bot. Throws what the platform's client throws. */
export async function readBotStatus(
  { config, askAny, stateHome, who, emit, redactor }: StatusRequest,
  signal: AbortSignal,
): Promise<Status> {
  const { botId, token } = identityOf(config)
  const folder = botFolder(stateHome, config.apiHost, botId)
  const running = await readLock(folder)
  const found = await readSnapshot(folder)
  const { snapshot } = found
  const client = createApiClient({ config, token, redactor })
  try {
    const registration = await readRegistration({ config, client, botId, who, emit }, signal)
    const url = registration?.url ?? null
    const owner = await findOwner(url, { snapshot, probe: createOwnerProbe(config) }, signal)
    const answers = await askIfAnswers(url, owner, { config, askAny }, signal)
    const verified = registration?.status === 'active'
    const leftover = running === null ? leftoverOf(found, owner) : null
    return {
      botId,
      registration,
      owner,
      verified,
      answers,
      leftover,
      running,
      page: await pageIn(folder, running?.runId ?? null),
    }
  } finally {
    await client.close()
  }
}

/** The page of the run that holds a state folder; `null` where it has none, or has only just begun. */
export async function pageIn(folder: string, runId: string | null): Promise<PagePlace | null> {
  const address = await readAddress(folder)
  return address === null || address.runId !== runId ? null : pagePlace(folder, address)
}

/** Whoever may write the webhook could have dev-hook call any host with it, so that only a URL of a dev-hook is asked by itself. */
async function askIfAnswers(
  url: string | null,
  owner: Owner,
  { config, askAny }: Pick<StatusRequest, 'config' | 'askAny'>,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (owner.is === 'dev-hook') return owner.answers
  if (url === null || (owner.is === 'somebody' && !askAny)) return null
  return (await createOwnerProbe(config)(url, signal)).answers
}

function leftoverOf({ snapshot, damaged }: SnapshotFile, owner: Owner): Leftover | null {
  if (snapshot === null) return damaged === null ? null : { damaged }
  const { takenAt, pid } = snapshot
  const url = urlBefore(snapshot)
  const blocked = restorabilityOf(snapshot, owner) === 'blocked'
  return { takenAt, pid, owed: url === null ? null : withoutCredentials(url), blocked }
}

interface RegistrationRequest {
  readonly config: Config
  readonly client: Client
  readonly botId: string
  readonly who: string
  readonly emit: Emit
}

async function readRegistration(
  { config, client, botId, who, emit }: RegistrationRequest,
  signal: AbortSignal,
): Promise<Registered | null> {
  if (config.hook === 'manual') {
    const remedy = 'look at it in the admin page: Settings, your organization, Bots, the bot, tab Webhook'
    throw new DevHookError('usage', 'dev-hook cannot show the status of a webhook that is set by hand', { remedy })
  }
  const { hook: kind, webhookPlace: webhookPath } = config
  const request = { kind, botId, serviceName: serviceNameOf(botId, who), webhookPath }
  const found = await findWebhook(client, request, signal)
  if (found === null || 'location' in found) return found?.reading.registered ?? null
  emit(warning(found.why, found.message))
  return null
}
