// Whether a developer could join the relay from here, found out step by step without joining it.
import { randomUUID } from 'node:crypto'
import { valueIn } from '../../core/json.ts'
import { type Broker, isEncrypted, problemOf, tooSmallIn } from '../broker/broker.ts'
import { namesOf } from '../wire/subjects.ts'
import { askRelay } from './ask.ts'
import { openSeat } from './seat.ts'

/** What the broker is. */
export interface BrokerFacts {
  readonly version: string
  readonly isEncrypted: boolean
  /** How many bytes a message may have, where that is too few for the largest delivery; else `null`. */
  readonly tooSmall: number | null
}

/** What a broker says about itself. */
export const factsOfBroker = (broker: Broker): BrokerFacts => ({
  version: broker.connection.info?.version ?? 'of unknown version',
  isEncrypted: isEncrypted(broker.connection),
  tooSmall: tooSmallIn(broker),
})

/** What a relay has said. */
export interface RelayFacts {
  readonly bot: string
  /** `<user>@<host>` */
  readonly relay: string
  /** How far its clock is ahead of ours, in ms. */
  readonly aheadMs: number
}

/**
 * Finds the relay, as a run would, and makes sure that the broker lets this developer receive their deliveries. Rejects with
 * `relayMissing`, `brokerRefused` or `taken`.
 */
export async function probeRelay(
  given: { readonly broker: Broker; readonly bot: string | null; readonly name: string; readonly who: string },
  signal: AbortSignal,
): Promise<RelayFacts> {
  const { broker, name } = given
  const seat = await openSeat({ ...given, session: randomUUID(), only: null }, signal)
  const { bot, relay } = seat.welcome()
  await checkSubscription(broker, namesOf(bot).to(name))
  const before = Date.now()
  const answer = await askRelay({ broker, bot }, { is: 'ping' })
  const now = valueIn(answer, 'now')
  const middle = (before + Date.now()) / 2
  return { bot, relay, aheadMs: typeof now === 'number' ? Math.round(now - middle) : 0 }
}

/** Rejects with `brokerRefused` where the broker does not let somebody listen to a subject. */
async function checkSubscription({ connection, address }: Broker, subject: string): Promise<void> {
  const listening = connection.subscribe(subject, { callback: () => undefined })
  // The broker has said no by the time it answers what was sent after that.
  await connection.flush()
  await connection.flush()
  const refusal = listening.isClosed() ? await listening.closed : undefined
  listening.unsubscribe()
  if (refusal instanceof Error) throw problemOf(refusal, address)
}
