// What the body of a delivery says: the label that is shown, and the key by which redeliveries are recognised.
// Source: developers.web1on1.chat/webhooks/payloads.
import { createHash } from 'node:crypto'
import type { Delivery, Label } from '../core/delivery.ts'
import { type Json, textIn, valueIn } from '../core/json.ts'
import { jsonInBody } from './body-json.ts'

/** The label of a delivery whose body says nothing, or must not be read. */
export const NO_LABEL: Label = { event: null, platformId: null, conversation: null, text: null }

/** What a delivery is about, and by what it is recognised. */
export interface DeliveryIdentity {
  readonly label: Label
  /** The same for redeliveries, and for nothing else; `null` for a delivery that cannot be recognised. */
  readonly key: string | null
}

// The fields whose text is read, at any depth: in a large body, others are skipped.
const READ = ['id', 'event', 'conversation', 'text', 'user', 'contact', 'name', 'role', 'summary'] as const
const READ_NAMES: ReadonlySet<string> = new Set(READ)
const read = (from: unknown, name: (typeof READ)[number]): string | null => textIn(from, name)

/**
 * Reads the label and the key of a delivery. `botId` tells what the bot itself has said. A body that is not a JSON object gives no label.
 * Never throws.
 */
export function identify(delivery: Delivery, botId: string | null = null): DeliveryIdentity {
  const payload = jsonInBody(delivery.headers, delivery.body, READ_NAMES)
  if (payload === null) return { label: NO_LABEL, key: contentKey(delivery) }
  const data = valueIn(payload, 'data')
  const message = valueIn(data, 'message')
  const label: Label = {
    event: read(payload, 'event'),
    platformId: read(payload, 'id'),
    conversation: read(valueIn(data, 'conversation'), 'id') ?? read(message, 'conversation'),
    text: read(message, 'text'),
    ...(message === undefined ? {} : authorOf(payload, message, botId)),
  }
  if (label.platformId === null) return { label, key: contentKey(delivery) }
  // The reference calls `id` "the unique ID of the Webhook": were it the same for every event of one webhook, the event
  // and its message still tell two deliveries apart.
  return { label, key: bounded(`${label.platformId} ${label.event ?? ''} ${read(message, 'id') ?? ''}`) }
}

/** How many participants are searched: this is done for every delivery. */
const MOST_PARTICIPANTS = 100

/** `User Jenny Jones created a chat message` */
const SUMMARY = /^(?:User|Contact|Bot) (.{1,100}?) (?:created|updated|deleted) /

/** Who wrote a message: by the participants of its conversation, else by the summary of the event, else by the role. */
function authorOf(payload: Json, message: unknown, botId: string | null): Pick<Label, 'from' | 'own'> {
  const author = read(message, 'user') ?? read(message, 'contact')
  const participants = valueIn(valueIn(valueIn(payload, 'data'), 'conversation'), 'participants')
  const known = Array.isArray(participants) && author !== null ? participants.slice(0, MOST_PARTICIPANTS) : []
  const participant = known.find((one) => read(one, 'user') === author)
  const summary = read(valueIn(payload, 'activity'), 'summary')
  const from = read(participant, 'name') ?? SUMMARY.exec(summary ?? '')?.[1] ?? read(message, 'role')
  return { ...(from === null ? {} : { from }), ...(author !== null && author === botId ? { own: true } : {}) }
}

// Tens of thousands of keys are kept for a day, so that a longer one is replaced by its digest.
const MAX_KEY = 200
const bounded = (key: string): string => (key.length <= MAX_KEY ? key : createHash('sha1').update(key).digest('hex'))

function contentKey({ method, search, body }: Delivery): string | null {
  if (body.length === 0) return null
  return createHash('sha1').update(`${method} ${search}\n`).update(body).digest('hex')
}
