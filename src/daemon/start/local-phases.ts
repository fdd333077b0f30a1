// The phases of a start that let deliveries in, on this machine: each opens one part of the run.
//
// `daemon.ts` puts them in order. A phase registers the release of its part on the line after it was opened. What it needs of
// those before it are its arguments; what an early part calls in a later one, it finds in `run.parts` when the time has come.
import { findRoutes } from '../../bot/route-hint.ts'
import { asDevHookError, DevHookError, messageOf } from '../../core/errors.ts'
import { createHookAddress, type HookAddress } from '../../core/hook-url.ts'
import { warning } from '../../core/notices.ts'
import type { Gateway } from '../../core/ports.ts'
import type { Handlers, RunOperation } from '../../inspector/operations/table.ts'
import type { Inspector } from '../../inspector/server.ts'
import type { Client } from '../../platform/api/client.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import { readSecret } from '../../platform/webhook/restore.ts'
import type { Snapshot } from '../../platform/webhook/snapshot.ts'
import { botFolder } from '../account/bot-identity.ts'
import { createStreamSource } from '../operations/stream-source.ts'
import type { Run } from '../run.ts'
import { deliverBacklog } from '../traffic/backlog.ts'
import { formerReceiver } from '../traffic/others/former-receiver.ts'
import { createQuietPeriod } from '../traffic/quiet-period.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { StateFolder } from './open-state.ts'
import { openHandedOver } from './take-over.ts'

/** Whom the run is for: the bot, its folder and its API client, and the address under which the platform reaches the run. */
export interface Account {
  readonly botId: string
  readonly folder: string
  readonly address: HookAddress
  readonly client: Client
  /** The newest tokens: they may have been refreshed since the start. */
  tokens(): TokenPair
}

/** Checks what can be checked before anything is opened. */
export async function preflight({ options, factories, lifetime, steps, parts }: Run): Promise<Account> {
  const { config, redactor, stateHome } = options
  const { botId, token, folder: own } = await steps.run('check', () => factories.checkPreflight(options))
  let tokens: TokenPair = { token, refreshToken: config.refreshToken }
  const client = factories.createApiClient({
    config,
    token,
    redactor,
    onTokens: (fresh) => {
      tokens = fresh
      parts.watchdog?.tokens(fresh)
    },
  })
  lifetime.add('client', client.close)
  const folder = own ?? botFolder(stateHome, config.apiHost, botId)
  return { botId, folder, address: createHookAddress(), client, tokens: () => tokens }
}

/** Takes the lock of the bot and opens its journal; with `--take-over` the run that holds them is asked to let go. */
export async function state(
  { options, factories, lifetime, steps, emit }: Run,
  account: Account,
): Promise<StateFolder> {
  const { config, who } = options
  const { folder, address } = account
  const { signal } = lifetime
  const open = (): Promise<StateFolder> =>
    factories.openState(folder, { runId: address.runId, user: who }, emit, signal)
  const secretOf = async (snapshot: Snapshot): Promise<string | null> =>
    (await readSecret(account.client, snapshot, signal)) ?? config.secret
  const opened = await steps
    .run('state', () =>
      config.takeOver ? openHandedOver(open, folder, { who, secretOf, surroundings: config }, signal) : open(),
    )
    .catch((error: unknown) => {
      throw config.only === null ? error : sideBySide(asDevHookError(error))
    })
  lifetime.add('state', opened.close)
  return opened
}

/** With `--only` several runs of a bot are meant: what keeps them apart on one machine is said. */
function sideBySide(error: DevHookError): DevHookError {
  if (!error.is('taken')) return error
  const remedy =
    'to have both on this machine, set XDG_STATE_HOME to another folder for this one; or end that dev-hook, or take the bot over with `--take-over`'
  return new DevHookError('taken', error.message, { cause: error, remedy })
}

/** Creates pipeline and queue, holding, and queues what an earlier run acknowledged. */
export async function traffic(run: Run, { botId, address }: Account, { journal }: StateFolder): Promise<Traffic> {
  const { options, factories, lifetime, emit, parts, challenges, restoration } = run
  const { config, who } = options
  lifetime.signal.throwIfAborted()
  const quietPeriod = createQuietPeriod()
  const opened = factories.createTraffic({
    config,
    emulated: options.emulated ?? false,
    journal,
    emit,
    botId,
    who,
    runId: address.runId,
    secret: () => parts.registration?.secret() ?? config.secret,
    rereadSecret: async () => (await parts.registration?.rereadSecret()) ?? null,
    botSecret: () => parts.bot?.secret() ?? null,
    formerUrl: () => parts.registration?.former()?.url ?? null,
    former: () => formerReceiver(parts.registration, config),
    challenged: challenges.received,
    handedOver: (by, certainty) => {
      const unproven =
        certainty === undefined ? '' : ', which only proves that it knows the URL: no secret is known here'
      emit(warning('handedOver', `${by} takes over the bot${unproven}`))
      run.stop()
    },
    handedDown: async (snapshot, via) => (await parts.registration?.takeHandedDown(snapshot, via)) ?? false,
    joined: (by) => {
      const ancestry = parts.registration?.ancestry() ?? null
      if (ancestry !== null) emit({ type: 'registration', state: 'behind', kind: 'bot', who: by })
      return ancestry
    },
    arrived: () => {
      quietPeriod.arrived()
      parts.tunnel?.markActive()
    },
    refused: () => parts.bot?.refused(),
    botRoutes: () => findRoutes(config.cwd, options.command ?? []),
  })
  lifetime.add('traffic', opened.close)
  lifetime.add('answers', async () => {
    const result = restoration.result()
    if (result === 'restored' || result === 'deleted') await quietPeriod.over()
    await opened.pipeline.end()
  })
  await deliverBacklog({ journal, pipeline: opened.pipeline, emit })
  return opened
}

/** Opens the loopback server in which the tunnel will end. */
export async function gateway(run: Run, { address }: Account, { pipeline }: Traffic): Promise<Gateway> {
  const { options, factories, lifetime, steps, emit } = run
  const opened = await steps.run('gateway', () =>
    factories.openGateway({
      address,
      port: options.config.gatewayPort,
      accept: pipeline.accept,
      rejected: (rejection) => emit({ type: 'rejected', ...rejection }),
    }),
  )
  lifetime.add('gateway', opened.close)
  return opened
}

/**
 * Opens the inspector, unless nobody wants one; a run without one is still a run, so that its failure is only announced, and gives
 * `null`.
 */
export async function inspector(
  run: Run,
  { folder, address }: Account,
  handlers: Handlers<RunOperation>,
): Promise<Inspector | null> {
  const { factories, lifetime, options, emit } = run
  const { config, version, sandbox } = options
  const { inspectorPort: wished } = config
  lifetime.signal.throwIfAborted()
  if (!config.inspector) return null
  try {
    const opened = await factories.openInspector({
      handlers: { run: handlers, sandbox: sandbox?.handlers ?? null, version },
      events: createStreamSource({ ...options, changes: run.changes }),
      folder,
      runId: address.runId,
      port: wished,
    })
    lifetime.add('inspector', opened.close)
    if (wished !== null && opened.port !== wished)
      emit(warning('inspectorMoved', `port ${wished} is taken, so the inspector is on port ${opened.port}`))
    return opened
  } catch (error) {
    emit(warning('inspectorFailed', `the inspector could not be opened: ${messageOf(error)}`))
    return null
  }
}
