// A relay and its developers at a real broker, in the process of the test, each with a bot that writes down what it gets.
import { randomBytes, randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { Delivery, Reply } from '../../../src/core/delivery.ts'
import { readAddress } from '../../../src/relay/broker/address.ts'
import { type Broker, openBroker } from '../../../src/relay/broker/broker.ts'
import type { Fallback } from '../../../src/relay/hub/fallback.ts'
import { type Hub, type HubEvent, openHub } from '../../../src/relay/hub/hub.ts'
import { openSeat, type Seat } from '../../../src/relay/seat/seat.ts'
import { aDelivery } from '../deliveries.ts'

export const BOT = '5c1a9e0000000000000000b1'

/** A delivery of a message of a contact in a conversation. */
export function aMessage(conversation: string | null, text = 'hi', more: Partial<Delivery> = {}): Delivery {
  const id = randomUUID()
  const data = { message: { id, text, role: 'contact', ...(conversation !== null && { conversation }) } }
  const body = Buffer.from(JSON.stringify({ id, event: 'message.create.contact.chat', data }))
  return aDelivery({ id, body, ...more })
}

export interface TestHub {
  readonly hub: Hub
  readonly events: readonly HubEvent[]
  /** Brings a delivery in, and resolves with what the platform is answered: a status, or why there is none. */
  send(delivery: Delivery): Promise<string>
}

export interface HubGiven {
  readonly fallback?: Fallback
  readonly graceMs?: number
  readonly silentMs?: number
  readonly answerMs?: number
  readonly key?: Buffer
  readonly creds?: string
  /** What the relay has in place of its connection. */
  readonly wrap?: (broker: Broker) => Broker
}

/** Opens a relay at a broker. It ends with the test. */
export async function hubAt(url: string, given: HubGiven = {}): Promise<TestHub> {
  const { fallback = { to: 'hold' }, graceMs = 60_000, key = randomBytes(32), creds = null, ...more } = given
  const { wrap = (whole: Broker) => whole, ...times } = more
  const broker = await openBroker(await readAddress(url, creds), 'relay')
  onTestFinished(broker.close)
  const session = randomUUID()
  const findConversation = async (): Promise<null> => null
  const own = { broker: wrap(broker), bot: BOT, who: 'relay@test', session, key, findConversation }
  const options = { ...own, fallback, graceMs, ...times }
  const hub = await openHub(options, async () => undefined)
  onTestFinished(hub.close)
  hub.ready('https://relay.example/')
  const events: HubEvent[] = []
  hub.on((event) => events.push(event))
  return {
    hub,
    events,
    send: async (delivery) => {
      const attempt = await hub.forward(delivery, () => undefined).done
      return attempt.outcome === 'answered'
        ? `${attempt.reply.status} ${attempt.reply.body.toString()}`
        : `${attempt.outcome}: ${attempt.reason}`
    },
  }
}

export interface TestDeveloper {
  readonly broker: Broker
  readonly seat: Seat
  /** The deliveries that the bot has had, in order. */
  readonly got: readonly Delivery[]
  /** Their texts. */
  texts(): readonly string[]
}

export interface DeveloperGiven {
  readonly only?: readonly string[] | null
  /** The bot. Default: answers 200 with its name. */
  readonly answer?: (delivery: Delivery) => Promise<Reply> | Reply
  readonly session?: string
  readonly creds?: string
}

export const reply = (status: number, text: string): Reply => ({ status, headers: [], body: Buffer.from(text) })

/** Lets a developer come. They leave without a word with the test. */
export async function developerAt(url: string, name: string, given: DeveloperGiven = {}): Promise<TestDeveloper> {
  const { only = null, answer = () => reply(200, name), session = randomUUID(), creds = null } = given
  const broker = await openBroker(await readAddress(url, creds), name)
  onTestFinished(broker.close)
  const options = { broker, bot: null, name, who: `${name}@test`, session, only, beatMs: 500 }
  const seat = await openSeat(options, new AbortController().signal)
  onTestFinished(seat.close)
  const got: Delivery[] = []
  seat.serve(async (delivery) => {
    got.push(delivery)
    return answer(delivery)
  })
  await seat.take()
  const textOf = ({ body }: Delivery): string => String(JSON.parse(body.toString()).data.message.text)
  return { broker, seat, got, texts: () => got.map(textOf) }
}
