// Sends events into a run, which takes them for the platform's.
import type { InspectorClient } from '../../inspector/client.ts'
import type { Sender } from './sender.ts'

/** Creates it; `conversation` is the id of a recorded one, or a part of it. */
export function createRunSender(call: InspectorClient['call'], conversation: string | null): Sender {
  return {
    send: async ({ event, text, set, deliveryId, body }, raw, signal) => {
      const own = raw === null ? body && JSON.stringify(body) : raw.toString('utf8')
      const given = { event, text, conversation, deliveryId, body: own }
      const { id, outcome, status, ms, reason, notes, ...label } = await call(
        'trigger',
        { ...withoutNull(given), set },
        signal,
      )
      const { conversation: of, event: made, text: says, from, own: isOwn } = label
      const words = { event: made, conversation: of, text: says, platformId: null }
      const author = { ...(from !== undefined && { from }), ...(isOwn === true && { own: isOwn }) }
      return { id, label: { ...words, ...author }, outcome, status, ms, reason, notes }
    },
    close: async () => undefined,
  }
}

/** What is left open is not sent. */
const withoutNull = (given: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null))
