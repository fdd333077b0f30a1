// The parts of a developer's run at a relay: those of any run, but that its deliveries come from the relay in place of a tunnel.
import type { Config } from '../../config/load.ts'
import type { Delivery } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Gateway, Registration, Tunnel, TunnelState } from '../../core/ports.ts'
import type { Client } from '../../platform/api/client.ts'
import type { Seat } from '../../relay/seat/seat.ts'
import type { SeatState } from '../../relay/seat/seat-state.ts'
import { FACTORIES, type Factories } from '../factories.ts'
import { assertBotCommand } from '../start/preflight.ts'

/** The factories of a run at a relay where a place was found. */
export function seatFactories(seat: Seat, folder: string): Factories {
  const { bot } = seat.welcome()
  return {
    ...FACTORIES,
    checkPreflight: async (checked) => {
      await assertBotCommand(checked)
      return { botId: bot, token: checked.config.token ?? '', folder }
    },
    createApiClient: ({ config }) => withoutToken(config),
    openGateway: async ({ accept }) => serve(seat, accept),
    openTunnel: async () => asTunnel(seat),
    openRegistration: async () => asRegistration(seat),
    // Nothing of the platform's is changed here: it has the bot alone to end.
    startWatchdog: (options) => {
      const started = FACTORIES.startWatchdog(options)
      return { ...started, arm: (orders) => started.arm({ ...orders, restore: false }) }
    },
  }
}

function serve(
  seat: Seat,
  accept: (
    delivery: Parameters<Parameters<Seat['serve']>[0]>[0],
    since: number,
    verified: () => void,
  ) => ReturnType<Parameters<Seat['serve']>[0]>,
): Gateway {
  seat.serve((delivery, since) => accept(ofItsOwn(delivery), since, () => undefined))
  return { port: 0, url: '', close: seat.close }
}

/** What was replayed at the relay is a delivery of its own here: the record has the first one under its id. */
const ofItsOwn = (delivery: Delivery): Delivery =>
  delivery.again === undefined ? delivery : { ...delivery, id: delivery.again, receivedAt: Date.now() }

/** The way to the relay, as a run sees a tunnel. Its URL is the one that the run began with. */
function asTunnel(seat: Seat): Tunnel {
  const { url } = seat.welcome()
  const stateOf = (state: SeatState): TunnelState => {
    if (state.is === 'waiting') return { state: 'reconnecting', url, reason: state.reason }
    return state.is === 'unseated' ? { state: 'offline', url, cause: state.error } : { state: 'online', url }
  }
  return {
    current: () => stateOf(seat.state()),
    on: (listener) => seat.on((state) => listener(stateOf(state))),
    markActive: () => undefined,
    close: async () => undefined,
  }
}

/** The place at the relay, as a run sees a registration. */
function asRegistration(seat: Seat): Registration {
  const secret = (): string => seat.welcome().secret
  return {
    kind: 'relay',
    owner: { is: 'nobody' },
    before: null,
    former: () => null,
    secret,
    rereadSecret: async () => secret(),
    takeSnapshot: async () => undefined,
    claim: async () => seat.take(),
    verify: async () => undefined,
    check: async () => 'ours',
    verifyAgain: async () => true,
    ancestry: () => null,
    checkNeighbour: async () => {},
    takeHandedDown: async () => false,
    moved: async () => false,
    restore: async () => {
      await seat.leave()
      return 'nothing'
    },
  }
}

/** The relay has the token of the bot: nothing is asked of the platform from here. */
function withoutToken({ apiHost }: Pick<Config, 'apiHost'>): Client {
  const refuse = async (): Promise<never> => {
    throw new DevHookError('apiRefused', 'the relay has the token of the bot, this machine has none')
  }
  return {
    apiHost,
    get: refuse,
    patch: refuse,
    post: refuse,
    delete: refuse,
    claims: () => {
      throw new DevHookError('tokenMissing', 'the relay has the token of the bot, this machine has none')
    },
    conceal: () => undefined,
    close: async () => undefined,
  }
}
