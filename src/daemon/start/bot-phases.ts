// The phases of a start that concern the bot: the saves that restart it, the watchdog that ends it, and the bot itself.
import { raceTimeout, resolveOnAbort } from '../../core/async.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { warning } from '../../core/notices.ts'
import type { BotState, Registration, Tunnel } from '../../core/ports.ts'
import type { Run } from '../run.ts'
import { type BotLink, linkBot } from '../traffic/hold-while-down.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { Watchdog } from '../watchdog/watchdog.ts'
import type { Account } from './local-phases.ts'
import type { StartedBot } from './start-bot.ts'

/** The saves of a run. */
export interface Saves {
  /** Resolves when every save from now on is noticed, or after a moment: the first scan of a large tree may take longer. */
  noticed(): Promise<void>
  /** Resolves when nothing is being saved. */
  settled(): Promise<void>
  /** Tells the watcher what the bot does: what it writes at each start is not a save. */
  botChanged(state: BotState): void
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
      command,
      restart: (reason, certainty) => {
        parts.replayOnSave?.restarting()
        parts.bot?.restart(reason, certainty)
      },
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
    botChanged: (state) => watching?.botChanged(state),
    events: () => events,
  }
}

/** Starts the watchdog, whose process begins while other parts are opened. It has no orders yet. */
export function watchdog({ options, factories, lifetime, restoration, emit }: Run): Watchdog {
  lifetime.signal.throwIfAborted()
  const started = factories.startWatchdog({ env: options.env, emit })
  lifetime.add('watchdog', async () => {
    if (restoration.result() !== 'failed') return started.dismiss()
    emit(warning('restoreGoesOn', 'the watchdog keeps trying in the background for another minute'))
    started.entrust()
  })
  return started
}

/** Arms the watchdog, before there is anything that it would have to put back or to end. */
export async function arm(run: Run, { folder, address, tokens }: Account, guard: Watchdog): Promise<void> {
  const { config, who, emulated } = run.options
  const { email, apiHost, proxies } = config
  const restore = config.restore && emulated !== true
  run.lifetime.signal.throwIfAborted()
  await guard.arm({ folder, runId: address.runId, user: who, apiHost, email, proxies, restore, ...tokens() })
}

/** Both ends of the way from the platform to the bot. */
export interface Way {
  readonly traffic: Traffic
  readonly tunnel: Tunnel
  readonly registration: Registration
}

/** Starts the bot, or to monitor one that somebody else runs; deliveries go on when it is ready. Does not wait until it is. */
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
    printed: (stream, line) => run.parts.printed?.add(stream, line),
    savesSettled: saves.settled,
  })
  lifetime.add('bot', started.stop)
  const link = (started.link ?? linkBot)({
    bot: started,
    traffic,
    emit,
    port: config.target.port,
    supervised: command !== null,
  })
  // The watchdog ends the bot with the daemon; a process id that is free again must not be among its orders.
  started.on(({ state: is, pid }) => guard.bot(is === 'crashed' || is === 'stopped' ? null : pid))
  started.on(saves.botChanged)
  return { bot: started, link }
}
