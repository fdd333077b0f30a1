// The phases of a start on this machine: each opens one part of the run and registers its release on the next line.
//
// `daemon.ts` puts them in order. What a phase needs of those before it are its arguments; what an early part calls in a later
// one, it finds in `run.parts` when the time has come.
import { raceTimeout, resolveOnAbort } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { createHookAddress, type HookAddress, withoutCredentials } from '../../core/hook-url.ts'
import { warning } from '../../core/notices.ts'
import type { Gateway, Registration, Tunnel } from '../../core/ports.ts'
import type { Client } from '../../platform/api/client.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import { botFolder } from '../account/bot-identity.ts'
import type { Run } from '../run.ts'
import { deliverBacklog } from '../traffic/backlog.ts'
import { type BotLink, linkBot } from '../traffic/hold-while-down.ts'
import { createLinger } from '../traffic/quiet-period.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { Watchdog } from '../watchdog/watchdog.ts'
import type { StateFolder } from './open-state.ts'
import type { StartedBot } from './start-bot.ts'
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
  const { botId, token } = await steps.run('check', () => factories.checkBeforehand(options))
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
  const folder = botFolder(stateHome, config.apiHost, botId)
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
  const opened = await steps.run('state', () =>
    config.takeOver ? openHandedOver(open, folder, { who, proxies: config.proxies }, signal) : open(),
  )
  lifetime.add('state', opened.close)
  return opened
}

/** Creates pipeline and queue, holding, and queues what an earlier run acknowledged. */
export async function traffic(run: Run, { journal }: StateFolder): Promise<Traffic> {
  const { options, factories, lifetime, emit, parts, challenges, restoration } = run
  const { config, who } = options
  lifetime.signal.throwIfAborted()
  const linger = createLinger()
  const opened = factories.createTraffic({
    config,
    journal,
    emit,
    who,
    secret: () => parts.registration?.secret() ?? config.secret,
    rereadSecret: async () => (await parts.registration?.rereadSecret()) ?? null,
    botSecret: () => parts.bot?.secret() ?? null,
    challenged: challenges.received,
    handedOver: (by) => {
      emit(warning('handedOver', `${by} takes over the bot`))
      run.stop()
    },
    arrived: () => {
      linger.arrived()
      parts.tunnel?.markActive()
    },
    refused: () => parts.bot?.refused(),
  })
  lifetime.add('traffic', opened.close)
  lifetime.add('answers', async () => {
    const result = restoration.result()
    if (result === 'restored' || result === 'deleted') await linger.quiet()
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
      rejected: (id, reason, status, detail) => emit({ type: 'rejected', id, reason, status, detail }),
    }),
  )
  lifetime.add('gateway', opened.close)
  return opened
}

/** The saves of a run. */
export interface Saves {
  /** Resolves when every save from now on is noticed, or after a moment: the first scan of a large tree may take longer. */
  noticed(): Promise<void>
  /** Resolves when nothing is being saved. */
  settled(): Promise<void>
  /** The events that are wanted now: the config may have been saved since the start. */
  events(): readonly string[] | null
}

/** How long `ready` waits for the first scan of the files, in ms. */
const FIRST_SCAN_MS = 1_000

/** Starts to watch for saves. Before the bot starts, so that whatever is saved from then on is noticed. */
export function watcher({ options, factories, lifetime, emit, parts }: Run): Saves {
  const { config, command, reload, stateHome } = options
  const { signal } = lifetime
  signal.throwIfAborted()
  let { events } = config
  const watching = factories.watchSaves(
    {
      config,
      stateHome,
      reload,
      supervised: command !== null,
      restart: (reason) => parts.bot?.restart(reason),
      eventsChanged: (wanted) => {
        events = wanted
        parts.monitor?.claimEvents(wanted)
      },
      emit,
    },
    signal,
  )
  if (watching !== null) lifetime.add('watcher', watching.stop)
  return {
    noticed: async () => {
      if (watching !== null) await resolveOnAbort(raceTimeout(watching.ready, FIRST_SCAN_MS), signal)
    },
    settled: async () => watching?.settled(),
    events: () => events,
  }
}

/** Opens the inspector; a run without one is still a run, so that its failure is only announced. */
export async function inspector(run: Run, { folder, address }: Account): Promise<void> {
  const { factories, lifetime, control, emit } = run
  lifetime.signal.throwIfAborted()
  try {
    const opened = await factories.openInspector({ control, folder, runId: address.runId })
    lifetime.add('inspector', opened.close)
  } catch (error) {
    emit(warning('inspectorFailed', `the inspector could not be opened: ${messageOf(error)}`))
  }
}

/** Arms the watchdog, before there is anything that it would have to put back or to end. */
export async function watchdog(run: Run, { folder, address, tokens }: Account): Promise<Watchdog> {
  const { options, factories, lifetime, restoration, emit } = run
  const { config, env, who } = options
  const { email, apiHost, proxies, restore } = config
  const orders = { folder, runId: address.runId, user: who, apiHost, email, proxies, restore, ...tokens() }
  lifetime.signal.throwIfAborted()
  const armed = await factories.armWatchdog({ orders, env })
  lifetime.add('watchdog', async () => {
    if (restoration.result() !== 'failed') return armed.dismiss()
    emit(warning('restoreGoesOn', 'the watchdog keeps trying in the background for another minute'))
    armed.entrust()
  })
  return armed
}

/** Both ends of the way from the platform to the bot. */
export interface Way {
  readonly traffic: Traffic
  readonly tunnel: Tunnel
  readonly registration: Registration
}

/** Starts the bot, or to look for it, and lets deliveries go when it is ready. Does not wait until it is. */
export function bot(
  run: Run,
  { address, botId, tokens }: Account,
  way: Way,
  guard: Watchdog,
  saves: Saves,
): { readonly bot: StartedBot; readonly link: BotLink } {
  const { options, factories, lifetime, emit } = run
  const { config, command } = options
  const { traffic } = way
  lifetime.signal.throwIfAborted()
  const started = factories.startBot({
    options,
    traffic,
    secret: way.registration.secret,
    publicUrl: () => withoutCredentials(way.tunnel.current().url),
    botId,
    runId: address.runId,
    tokens,
    savesSettled: saves.settled,
  })
  lifetime.add('bot', started.stop)
  const link = linkBot({ bot: started, traffic, emit, port: config.target.port, supervised: command !== null })
  // The watchdog ends the bot with the daemon; a process id that is free again must not be among its orders.
  started.on(({ state: is, pid }) => guard.bot(is === 'crashed' || is === 'stopped' ? null : pid))
  return { bot: started, link }
}
