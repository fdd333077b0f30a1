// The facts that checks share: each one is found out once, when the first check asks for it.
import type { Environment } from '../config/layers.ts'
import type { Config } from '../config/load.ts'
import type { Redactor } from '../core/text/redact.ts'
import { createApiClient } from '../daemon/account/api-client.ts'
import { botFolder, type Identity, identityOf } from '../daemon/account/bot-identity.ts'
import { serviceNameOf } from '../daemon/start/open-registration.ts'
import { secretsInUrl } from '../daemon/traffic/bot-access.ts'
import { readLock } from '../lock/lock.ts'
import type { Client } from '../platform/api/client.ts'
import { readBot } from '../platform/webhook/bot-record.ts'
import { findWebhook } from '../platform/webhook/locate.ts'
import type { Located, NotLocated } from '../platform/webhook/location.ts'
import type { BrokerFacts, RelayFacts } from '../relay/seat/probe.ts'
import { needs } from './finding.ts'
import { type ApiProbe, probeApi } from './probe-api.ts'
import type { RelayWay } from './relay-way.ts'
import { type TunnelTrial, tryTunnelOf } from './tunnel-trial.ts'

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
  /** Whether the tunnel is left alone. */
  readonly offline: boolean
}

/** The facts, each of which rejects with what is wrong. */
export interface Facts extends DoctorOptions {
  config(): Promise<Config>
  identity(): Promise<Identity>
  /** What opening the tunnel has shown. */
  tunnel(): Promise<TunnelTrial>
  /** What the API answers without a token. */
  api(): Promise<ApiProbe>
  client(): Promise<Client>
  /** Whether the token had to be refreshed when the bot's record was read: it has expired, or is refused. */
  refreshed(): Promise<boolean>
  /** The bot's record. */
  bot(): Promise<unknown>
  /** Where the webhook is; `null` where a run, or a person, would create it. */
  webhook(): Promise<Located | NotLocated | null>
  /** What the broker of a relay is, and as whom this developer goes there. */
  broker(): Promise<BrokerFact>
  /** What the relay says to this developer. */
  relay(): Promise<RelayFacts>
  /** Cancels what is still being found out. */
  close(): Promise<void>
}

/** A broker that can be reached. */
interface BrokerFact {
  readonly url: string
  readonly name: string
  readonly broker: BrokerFacts
}

/** Creates the facts; none is found out before a check asks for it. */
export function createFacts(options: DoctorOptions): Facts {
  const { redactor, who, offline } = options
  const closing = new AbortController()
  const { signal } = closing
  const clients: Client[] = []
  const ways: RelayWay[] = []
  let refreshes = 0

  const config = once(options.load)
  const identity = once(async () => identityOf(await needs('config', config())))
  let trying: Promise<TunnelTrial> | undefined
  const tunnel = once(async () => {
    const { env, stateHome } = options
    const found = await needs('config', config())
    const running = async (): Promise<string | null> => {
      const known = await identity().catch(() => null)
      return known === null
        ? null
        : ((await readLock(botFolder(stateHome(), found.apiHost, known.botId)))?.user ?? null)
    }
    trying = tryTunnelOf({ config: found, env, who, offline, running }, signal)
    return trying
  })
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
    return readBot(await client(), botId, signal)
  })
  const webhook = once(async () => {
    await needs('bot', bot())
    const [{ botId }, { hook, webhookPlace }, caller] = await Promise.all([identity(), config(), client()])
    if (hook === 'manual') return null
    const request = { kind: hook, botId, serviceName: serviceNameOf(botId, who), webhookPath: webhookPlace }
    const found = await findWebhook(caller, request, signal)
    if (found !== null && 'reading' in found) secretsInUrl(found.reading.registered.url).forEach(redactor.conceal)
    return found
  })

  const way = once(async () => {
    const { relay: url, natsCreds, bot: botId } = await needs('config', config())
    // Loaded only where there is a relay.
    const { openWay } = await import('./relay-way.ts')
    const opened = await openWay({ url, natsCreds, botId, who })
    ways.push(opened)
    return opened
  })

  return {
    ...options,
    config,
    broker: async () => (await way()).fact,
    relay: once(async () => (await way()).relay(signal)),
    identity,
    tunnel,
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
      // It leaves no process behind, but takes a moment to end one.
      await Promise.allSettled([trying])
      await Promise.all([...clients, ...ways].map((opened) => opened.close()))
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
