// The way of a developer to a relay, opened once for all checks.
import { nameAt, readAddress } from '../relay/broker/address.ts'
import { openBroker } from '../relay/broker/broker.ts'
import { type BrokerFacts, factsOfBroker, probeRelay, type RelayFacts } from '../relay/seat/probe.ts'

export interface RelayWay {
  readonly fact: { readonly url: string; readonly name: string; readonly broker: BrokerFacts }
  /** Asks the relay. Rejects with why it cannot be joined. */
  relay(signal: AbortSignal): Promise<RelayFacts>
  close(): Promise<void>
}

/** Opens it. Rejects with why the broker cannot be reached. */
export async function openWay(given: {
  readonly url: string | null
  readonly natsCreds: string | null
  readonly botId: string | null
  readonly who: string
}): Promise<RelayWay> {
  const { url, natsCreds, botId: bot, who } = given
  const address = await readAddress(url, natsCreds)
  const name = nameAt(address, who)
  const broker = await openBroker(address, name)
  return {
    fact: { url: address.url, name, broker: factsOfBroker(broker) },
    relay: (signal) => probeRelay({ broker, bot, name, who }, signal),
    close: broker.close,
  }
}
