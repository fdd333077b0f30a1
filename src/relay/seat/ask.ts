// One question to the relay of a bot, and its answer.
import { DevHookError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { type Broker, isNobodyThere, problemOf } from '../broker/broker.ts'
import { parsed } from '../wire/envelope.ts'
import { ANY_BOT, namesOf } from '../wire/subjects.ts'
import type { Asked } from '../wire/words.ts'

/** Who asks, at which broker. */
export interface Asking {
  readonly broker: Broker
  /** The id of the bot; `null` for that of the only relay at the broker. */
  readonly bot: string | null
}

const ANSWER_MS = 25_000

/** Asks a relay; its answer says which bot it has. Rejects with `relayMissing`, or with what the broker refuses. */
export async function askRelay(asking: Asking, question: Asked): Promise<Json> {
  const { broker } = asking
  try {
    return await request(broker, namesOf(asking.bot ?? ANY_BOT).control, question)
  } catch (cause) {
    if (!isNobodyThere(cause)) throw problemOf(cause, broker.address)
    throw new DevHookError('relayMissing', `no relay answers at ${broker.address.url}`, { cause })
  }
}

async function request({ connection }: Broker, subject: string, message: unknown): Promise<Json> {
  const { data } = await connection.request(subject, JSON.stringify(message), { timeout: ANSWER_MS })
  return parsed(Buffer.from(data).toString())
}
