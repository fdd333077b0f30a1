// The life of a run: what is acquired in which order, and released in reverse.

import { allOrCancel, raceTimeout } from '../core/async.ts'
import { asDevHookError, DevHookError } from '../core/errors.ts'
import { createHookAddress, hookUrl, withoutCredentials } from '../core/hook-url.ts'
import { createLifetime } from '../core/lifetime.ts'
import { errorNotice, type RestoreResult, type Totals, warning } from '../core/notices.ts'
import type { BotState, Registration, Tunnel } from '../core/ports.ts'

import { openGateway } from '../gateway/server.ts'
import type { Tokens } from '../platform/api/token-source.ts'
import { createApiClient } from './account/api-client.ts'
import { botFolder } from './account/bot-identity.ts'
import type { Daemon, Stopped } from './handle.ts'
import { claimNotice, readyNotice } from './registration-notices.ts'
import { createCommands, type Traffic } from './running/control.ts'
import { watchSaves } from './running/on-save.ts'
import { startVigil, type Vigil } from './running/registration-monitor.ts'

import { createChallenges } from './start/challenge-waiter.ts'
import { permitClaim } from './start/claim-permission.ts'
import { createLateInspector } from './start/open-inspector.ts'
import { lookAtRegistration } from './start/open-registration.ts'
import { openState, type State } from './start/open-state.ts'
import { openingTunnel, openTunnel } from './start/open-tunnel.ts'
import { checkBeforehand } from './start/preflight.ts'
import { type StartedBot, startBot } from './start/start-bot.ts'
import { createSteps } from './start/start-steps.ts'
import { lookHandedOver, openHandedOver } from './start/take-over.ts'
import { deliverBacklog } from './traffic/backlog.ts'
import { type BotLink, linkBot } from './traffic/hold-while-down.ts'
import { createLinger } from './traffic/quiet-period.ts'
import { createDeliveries } from './traffic/traffic.ts'
import type { DaemonOptions } from './types.ts'
import { armWatchdog, type Watchdog } from './watchdog/watchdog.ts'

/** How long `ready` waits for the first look at the files; a large tree may take longer. */
const WATCHER_MS = 1_000

const NO_TOTALS: Totals = { deliveries: 0, delivered: 0, held: 0, longestHoldMs: 0, undelivered: 0, interrupted: 0 }

/** Creates the daemon of one run. Nothing is acquired before `start`. */
export function createDaemon(options: DaemonOptions): Daemon {
  const { config, notices, version, who } = options
  const { emit } = notices
  const lifetime = createLifetime((name, cause) =>
    emit(warning('releaseFailed', `${name}: ${asDevHookError(cause).message}`)),
  )
  const { signal } = lifetime
  const steps = createSteps(emit, version, signal)
  let bot: StartedBot | null = null
  let link: BotLink | null = null
  let traffic: Traffic | null = null
  let tunnel: Tunnel | null = null
  let registration: Registration | null = null
  let watchdog: Watchdog | null = null
  let restored: RestoreResult = 'nothing'
  let failure: DevHookError | null = null
  let interrupted = false
  let starting: Promise<void> = Promise.resolve()
  let stopping: Promise<Stopped> | undefined
  let announceEnd: (stopped: Stopped) => void
  const ended = new Promise<Stopped>((resolve) => {
    announceEnd = resolve
  })

  const shownUrl = (): string | null => (tunnel === null ? null : withoutCredentials(tunnel.current().url))
  const totals = (): Totals => traffic?.deliveries.totals() ?? NO_TOTALS
  const commands = createCommands(() => ({ traffic, bot, link, url: shownUrl(), totals: totals(), config, version }))

  async function acquire(): Promise<void> {
    const { botId, token } = await steps.run('check', () => checkBeforehand(options))
    let tokens: Tokens = { token, refreshToken: config.refreshToken }
    const client = createApiClient({
      config,
      token,
      redactor: options.redactor,
      onTokens: (fresh) => {
        tokens = fresh
        watchdog?.tokens(fresh)
      },
    })
    lifetime.add('client', client.close, 1_000)
    const address = createHookAddress()
    const challenges = createChallenges()
    const linger = createLinger()
    const folder = botFolder(options.stateHome, config.apiHost, botId)

    const handOver = { who, proxies: config.proxies }
    const open = (): Promise<State> => openState(folder, { runId: address.runId, user: who }, emit, signal)
    const state = await steps.run('state', () =>
      config.takeOver ? openHandedOver(open, folder, handOver, signal) : open(),
    )
    lifetime.add('state', state.close, 1_000)

    // It listens later, beside what takes longer; it closes after everything that it commands.
    const inspector = createLateInspector({ commands, folder, runId: address.runId }, emit)
    lifetime.add('inspector', inspector.close, 1_000)
    // Both start later, when the public URL is known. The bot leaves after what was accepted has been delivered, and the
    // watchdog, which would end it, after the bot.
    lifetime.add('watchdog', releaseWatchdog, 1_000)
    lifetime.add('bot', async () => bot?.stop(), 6_000)

    const deliveries = createDeliveries({
      config,
      journal: state.journal,
      emit,
      who,
      secret: () => registration?.secret() ?? config.secret,
      rereadSecret: async () => (await registration?.rereadSecret()) ?? null,
      botSecret: () => bot?.secret() ?? null,
      challenged: challenges.received,
      handedOver: (by) => {
        emit(warning('handedOver', `${by} takes over the bot`))
        void stop()
      },
      arrived: () => {
        linger.arrived()
        tunnel?.used()
      },
      refused: () => bot?.refused(),
    })
    lifetime.add('deliveries', deliveries.close, 3_000)
    traffic = { journal: state.journal, deliveries }
    await deliverBacklog({ journal: state.journal, pipeline: deliveries.pipeline, emit })

    const gateway = await steps.run('gateway', () =>
      openGateway({
        address,
        port: config.gatewayPort,
        accept: deliveries.pipeline.accept,
        rejected: (id, reason, status, detail) => emit({ type: 'rejected', id, reason, status, detail }),
      }),
    )
    lifetime.add('gateway', gateway.close, 1_000)

    // Before the bot starts: whatever is saved from then on is noticed.
    let events = config.events
    let vigil: Vigil | null = null
    const watcher = watchSaves(
      {
        config,
        stateHome: options.stateHome,
        reload: options.reload,
        supervised: options.command !== null,
        restart: (reason) => bot?.restart(reason),
        eventsChanged: (wanted) => {
          events = wanted
          vigil?.claimEvents(wanted)
        },
        emit,
      },
      signal,
    )
    lifetime.add('watcher', async () => watcher?.stop(), 500)

    const opening = async (): Promise<Tunnel> => {
      emit(openingTunnel(config, gateway.port))
      const open = await openTunnel(config, gateway, address, signal)
      lifetime.add('tunnel', open.close, 2_000)
      return open
    }
    const looking = async (): Promise<Registration> => {
      const look = (): Promise<Registration> => lookAtRegistration({ options, client, botId, folder, address }, signal)
      const first = await steps.run('look', look)
      const seen = config.takeOver ? await lookHandedOver(look, first, handOver, signal) : first
      registration = seen
      const { ask } = options
      await permitClaim({ owner: seen.owner, takeOver: config.takeOver, ask, folder, emit }, signal)
      return seen
    }
    const [opened, seen] = await allOrCancel(
      lifetime.cancel,
      steps.run('tunnel', opening),
      looking(),
      inspector.open(),
    ).finally(() => {
      lifetime.add(
        'answers',
        async () => {
          if (restored === 'restored' || restored === 'deleted') await linger.quiet()
          await deliveries.pipeline.end()
        },
        2_000,
      )
      // Owed from here on, even where only the tunnel failed: a look may have adopted what an earlier run left.
      lifetime.add('registration', giveBack, 6_500)
    })
    tunnel = opened
    const publicUrl = tunnel.current().url

    const { email, apiHost, proxies, restore } = config
    const orders = { folder, runId: address.runId, user: who, apiHost, email, proxies, restore, ...tokens }
    watchdog = await armWatchdog({ orders, env: options.env })
    signal.throwIfAborted()
    bot = startBot({
      options,
      deliveries,
      secret: seen.secret,
      publicUrl: () => withoutCredentials(opened.current().url),
      runId: address.runId,
      rest: async () => watcher?.rest(),
    })
    link = linkBot({ bot, deliveries, emit, port: config.target.port, supervised: options.command !== null })
    bot.on(guardBot)

    await steps.run('snapshot', seen.takeSnapshot)
    const url = hookUrl(publicUrl, address)
    const claimed = { url: publicUrl, events }
    await steps.run('claim', () => seen.claim(url, claimed.events, signal))
    const announced = { registration: seen, wanted: claimed.events }
    emit(claimNotice(announced, url))
    await steps.run('verify', () => seen.verify(challenges.next, signal))
    emit({ type: 'registration', state: 'verified', kind: seen.kind })
    signal.throwIfAborted()

    vigil = startVigil({ tunnel, registration: seen, address, claimed, emit, lost: fail }, signal)
    lifetime.add('vigil', vigil.stop, 500)
    if (events !== claimed.events) vigil.claimEvents(events)
    if (watcher !== null) await raceTimeout(watcher.ready, WATCHER_MS)
    emit(readyNotice({ ...announced, publicUrl, config, steps: steps.taken(), pid: process.pid }))
  }

  /** The watchdog ends the bot with the daemon; a process id that is free again must not be among its orders. */
  function guardBot({ state, pid }: BotState): void {
    watchdog?.bot(state === 'crashed' || state === 'stopped' ? null : pid)
  }

  async function releaseWatchdog(): Promise<void> {
    if (restored !== 'failed') return watchdog?.dismiss()
    if (watchdog !== null) emit(warning('restoreGoesOn', 'in the background it is tried for another minute'))
    watchdog?.entrust()
  }

  /** Puts the platform back as it was. */
  async function giveBack(): Promise<void> {
    if (registration === null) return
    // Until it is known to be otherwise: the wait for it is bounded.
    restored = 'failed'
    restored = config.restore ? await registration.restore() : 'nothing'
    emit({ type: 'restored', result: restored })
  }

  async function start(): Promise<void> {
    starting = acquire()
    try {
      await starting
    } catch (thrown) {
      interrupted = signal.aborted && stopping !== undefined
      const error = interrupted
        ? new DevHookError('interrupted', 'the start was ended', { cause: thrown })
        : asDevHookError(thrown)
      if (!interrupted) fail(error)
      await stop()
      throw error
    }
  }

  /** Ends the run because of something that nobody here can mend. */
  function fail(cause: Error): void {
    failure = asDevHookError(cause)
    emit(errorNotice(failure))
    void stop()
  }

  function stop(): Promise<Stopped> {
    stopping ??= finish()
    return stopping
  }

  async function finish(): Promise<Stopped> {
    lifetime.cancel()
    // Whoever called `start` hears what became of it; here it only has to be over.
    await starting.catch(() => undefined)
    await lifetime.end()
    const stopped: Stopped = { ...totals(), restored, failure: failure?.failure ?? null }
    emit({ type: 'stopped', ...stopped })
    announceEnd(stopped)
    return stopped
  }

  return {
    start,
    stop,
    ended,
    url: shownUrl,
    totals,
    commands,
    get interrupted() {
      return interrupted
    },
  }
}
