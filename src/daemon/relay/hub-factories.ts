// The parts of a relay: those of any run, but that its deliveries go to developers at a broker in place of a bot.
import { after } from '../../core/async.ts'
import type { Delivery } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { createListeners } from '../../core/listeners.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { BotState, Journal } from '../../core/ports.ts'
import type { Hub, HubEvent } from '../../relay/hub/hub.ts'
import { FACTORIES, type Factories } from '../factories.ts'
import type { StartedBot } from '../start/start-bot.ts'
import { createTraffic } from '../traffic/traffic.ts'

/** What a relay is made with: the hub needs the journal of the run, which is opened later. */
export interface HubLink {
  /** Resolves once a delivery is on the disk of the relay. */
  readonly synced: (id: string) => Promise<void>
  /** The factories of the run. */
  factories(hub: Hub): Factories
}

/** How soon what found the broker away is tried again, in ms, should the broker have come back unnoticed. */
const AGAIN_MS = 1_000
/** The developer's bot has 18 s, and what it does not answer must be kept before the platform gives up at 20 s. */
const PATIENCE_MS = 19_000
/** Developers answer side by side, and one whose bot is slow keeps nobody else waiting. */
const IN_FLIGHT = 1_024
const READY: BotState = { state: 'ready', pid: null, ms: 0 }
const AWAY: BotState = { state: 'starting', pid: null }

/** Creates what joins a hub to the run around it. */
export function createHubLink(): HubLink {
  let journal: Pick<Journal, 'synced'> | null = null
  return {
    synced: async (id) => journal?.synced(id),
    factories: (hub) => ({
      ...FACTORIES,
      createTraffic: (options) => {
        journal = options.journal
        hub.on((event) => announce(event, options.emit))
        return createTraffic({
          ...options,
          patienceMs: PATIENCE_MS,
          inFlightLimit: IN_FLIGHT,
          forwarder: {
            forward: (delivery: Delivery, _headers, written = () => undefined) => hub.forward(delivery, written),
            reset: () => undefined,
            close: async () => undefined,
          },
        })
      },
      startBot: () => developersAsBot(hub),
      startMonitor: (options, signal) => {
        hub.ready(withoutCredentials(options.tunnel.current().url))
        options.tunnel.on(({ url }) => hub.ready(withoutCredentials(url)))
        const offLost = hub.on((event) => {
          if (event.type === 'lost') options.lost(event.error ?? superseded(event.by))
        })
        const monitor = FACTORIES.startMonitor(options, signal)
        return {
          ...monitor,
          stop: () => {
            offLost()
            return monitor.stop()
          },
        }
      },
    }),
  }
}

const superseded = (by: string | null): DevHookError =>
  new DevHookError('taken', `another relay has taken the bot: ${by ?? 'somebody'}`, {
    remedy: 'run one relay for each bot',
  })

function announce(event: HubEvent, emit: Emit): void {
  if (event.type === 'lost') return
  if (event.type !== 'broker') return emit(event)
  if (event.state === 'away') emit(warning('brokerAway', event.reason ?? 'the broker is away'))
  else emit({ type: 'broker', state: 'online' })
}

/** The developers, as the queue sees a bot: ready while the broker is there. */
function developersAsBot(hub: Hub): StartedBot {
  const changes = createListeners<BotState>()
  const current = (): BotState => (hub.isOnline() ? READY : AWAY)
  let cancelAgain = (): void => undefined
  const off = hub.on((event) => {
    if (event.type === 'broker') changes.emit(event.state === 'online' ? READY : AWAY)
  })
  return {
    current,
    on: changes.on,
    refused: () => {
      cancelAgain()
      cancelAgain = after(AGAIN_MS, () => changes.emit(current()))
    },
    restart: () => undefined,
    stop: async () => {
      off()
      cancelAgain()
    },
    secret: () => null,
    link: ({ bot, traffic }) => {
      let paused = false
      const reason = (): string | null => (paused ? 'paused' : hub.isOnline() ? null : 'the broker is away')
      const apply = (): void => {
        const why = reason()
        if (why === null) traffic.queue.release()
        else traffic.queue.hold(why)
      }
      bot.on(apply)
      apply()
      return {
        pause: (on) => {
          paused = on
          apply()
        },
        isPaused: () => paused,
        reason,
      }
    },
  }
}
