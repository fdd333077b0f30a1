// Requests over the broker that are answered with JSON, and whether anybody answers at all.
import type { Msg, Subscription } from '@nats-io/transport-node'
import { messageOf } from '../../core/errors.ts'
import { type Broker, isNobodyThere, respond } from '../broker/broker.ts'
import { isInbox } from '../wire/subjects.ts'

const PING_MS = 1_000

/** Answers every request to a subject with JSON. */
export function answering(
  { connection }: Broker,
  subject: string,
  answer: (message: Msg) => Promise<unknown>,
): Subscription {
  return connection.subscribe(subject, {
    callback: (error, message) => {
      // The relay may publish everything: it answers into an inbox, not into whatever somebody else names.
      if (error !== null || !isInbox(message.reply)) return
      void answer(message)
        .catch((thrown: unknown) => ({ ok: false, why: 'usage', message: messageOf(thrown) }))
        .then((json) => respond(message, JSON.stringify(json)))
    },
  })
}

/** Whether somebody listens on a subject. */
export async function answersAt({ connection }: Broker, subject: string): Promise<boolean> {
  try {
    await connection.request(subject, '', { timeout: PING_MS })
    return true
  } catch (error) {
    // One that is slow to answer is there.
    return !isNobodyThere(error)
  }
}
