// The facts that checks share: each one is found out once, when the first check asks for it.
import type { Environment } from '../config/layers.ts'
import type { Config } from '../config/load.ts'
import type { Redactor } from '../core/text/redact.ts'
import { createApiClient } from '../daemon/account/api-client.ts'
import { type Identity, identityOf } from '../daemon/account/bot-identity.ts'
import { serviceNameOf } from '../daemon/start/open-registration.ts'
import type { Client } from '../platform/api/client.ts'
import { botDocument } from '../platform/webhook/bot-record.ts'
import { findWebhook } from '../platform/webhook/locate.ts'
import type { Located, NotLocated } from '../platform/webhook/location.ts'
import { needs } from './finding.ts'
import { type ApiProbe, probeApi } from './probe-api.ts'

/** What the facts are found out from. */
export interface DoctorOptions {
  readonly load: () => Promise<Config>
  readonly env: Environment
  readonly platform: NodeJS.Platform
  /** As in `process.version`: `v20.19.0`. */
  readonly nodeVersion: string
  /** Finds the folder in which the state of every bot is kept. Throws `stateUnwritable` where there is none. */
  readonly stateHome: () => string
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly redactor: Redactor
}

/** The facts, each of which rejects with what is wrong. */
export interface Facts extends DoctorOptions {
  config(): Promise<Config>
  identity(): Promise<Identity>
  /** What the API answers without a token. */
  api(): Promise<ApiProbe>
  client(): Promise<Client>
  /** Whether the token had to be refreshed when the bot's record was read: it has expired, or is refused. */
  refreshed(): Promise<boolean>
  /** The bot's record. */
  bot(): Promise<unknown>
  /** Where the webhook is; `null` where a run, or a person, would create it. */
  webhook(): Promise<Located | NotLocated | null>
  /** Cancels what is still being found out. */
  close(): Promise<void>
}

/** Creates the facts; none is found out before a check asks for it. */
export function createFacts(options: DoctorOptions): Facts {
  const { redactor, who } = options
  const closing = new AbortController()
  const { signal } = closing
  const clients: Client[] = []
  let refreshes = 0

  const config = once(options.load)
  const identity = once(async () => identityOf(await needs('config', config())))
  const api = once(async () => probeApi(await needs('config', config()), signal))
  const client = once(async () => {
    const { token } = await needs('token', identity())
    const onTokens = (): void => {
      refreshes += 1
    }
    const created = createApiClient({ config: await config(), token, redactor, onTokens })
    clients.push(created)
    return created
  })
  const bot = once(async () => {
    const { botId } = await needs('token', identity())
    await needs('api', api())
    return (await (await client()).get(botDocument(botId), { signal })).json
  })
  const webhook = once(async () => {
    await needs('bot', bot())
    const [{ botId }, { hook, webhookPlace }, caller] = await Promise.all([identity(), config(), client()])
    if (hook === 'manual') return null
    const request = { kind: hook, botId, serviceName: serviceNameOf(botId, who), webhookPath: webhookPlace }
    return findWebhook(caller, request, signal)
  })

  return {
    ...options,
    config,
    identity,
    api,
    client,
    refreshed: async () => {
      await needs('bot', bot())
      return refreshes > 0
    },
    bot,
    webhook,
    close: async () => {
      closing.abort()
      await Promise.all(clients.map((opened) => opened.close()))
    },
  }
}

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let finding: Promise<T> | undefined
  return () => {
    finding ??= find()
    return finding
  }
}
