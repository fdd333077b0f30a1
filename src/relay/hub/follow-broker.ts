// What a relay does when its broker goes away and comes back.
import { retry } from '../../core/async.ts'
import { exponential } from '../../core/pace.ts'
import type { Broker, BrokerState } from '../broker/broker.ts'
import type { Developers } from './developers.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { RelayLock } from './relay-lock.ts'

export interface BrokerFollower {
  /** Whether deliveries can be sent or held: the broker is there, and what it holds is known. */
  isOnline(): boolean
  /** Ends what waits for the broker. */
  close(): void
}

/** How often a broker that has come back is asked what it holds, until it says it. */
const COUNT_PACE = exponential(250, 5_000)

/** Follows a broker that is there now, and whose holdings are known. `changed` is called with each state once it is in effect. */
export function followBroker(
  broker: Pick<Broker, 'on'>,
  parts: {
    readonly dispatcher: Pick<Dispatcher, 'pause' | 'refresh'>
    readonly developers: Pick<Developers, 'setOnline'>
    readonly hold: Pick<RelayLock, 'renew'>
  },
  changed: (state: BrokerState) => void,
): BrokerFollower {
  const { dispatcher, developers, hold } = parts
  let isOnline = true
  /** Aborted when the connection of now breaks. */
  let connected = new AbortController()

  function goAway(): void {
    isOnline = false
    connected.abort()
    dispatcher.pause()
    developers.setOnline(false)
  }

  /** What was sent while it was away may have been kept after all: it is counted before anything else is sent. */
  async function comeBack(): Promise<void> {
    developers.setOnline(true)
    connected = new AbortController()
    const { signal } = connected
    await hold.renew()
    await retry(() => dispatcher.refresh(signal), { pace: COUNT_PACE, shouldRetry: () => true, signal })
    isOnline = true
    changed({ is: 'online' })
  }

  const off = broker.on((state) => {
    // It fails only when the connection breaks again.
    if (state.is === 'online') return void comeBack().catch(() => undefined)
    goAway()
    changed(state)
  })
  return {
    isOnline: () => isOnline,
    close: () => {
      off()
      connected.abort()
      dispatcher.pause()
    },
  }
}
