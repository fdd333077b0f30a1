// What a delivery is about, read from its body: the label that is shown, and the key by which it is recognised when it comes again.
// Source: developers.web1on1.chat/webhooks/payloads.
import { createHash } from 'node:crypto'
import type { Delivery, Label } from '../core/delivery.ts'
import { type Json, textIn, valueIn } from '../core/json.ts'
import { jsonInBody } from './body-json.ts'

/** The label of a delivery that says nothing about itself, or whose body must not be read. */
export const NO_LABEL: Label = { event: null, platformId: null, conversation: null, text: null }

/** What a delivery is about, and what it shares with a redelivery of it. */
export interface DeliveryIdentity {
  readonly label: Label
  /** Equal for a redelivery, and for nothing else; `null` for a delivery that cannot be told apart. */
  readonly key: string | null
}

// Fields whose text is read, at any depth: in a large body others are left out.
const READ = ['id', 'event', 'conversation', 'text', 'user', 'contact', 'name', 'role', 'summary'] as const
const READ_NAMES: ReadonlySet<string> = new Set(READ)
const read = (from: unknown, name: (typeof READ)[number]): string | null => textIn(from, name)

/** Reads the label and the key of a delivery, which may be of what the bot itself said; without a JSON object in its body it has no label. Never throws. */
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

/** More participants are not looked through: it is done for every delivery. */
const MOST_PARTICIPANTS = 100

/** `User Jenny Jones created a chat message` */
const SUMMARY = /^(?:User|Contact|Bot) (.{1,100}?) (?:created|updated|deleted) /

/** Who said a message, by the participants of its conversation, else by the summary of what happened, else by the role. */
function authorOf(payload: Json, message: unknown, botId: string | null): Pick<Label, 'from' | 'own'> {
  const author = read(message, 'user') ?? read(message, 'contact')
  const participants = valueIn(valueIn(valueIn(payload, 'data'), 'conversation'), 'participants')
  const known = Array.isArray(participants) && author !== null ? participants.slice(0, MOST_PARTICIPANTS) : []
  const participant = known.find((one) => read(one, 'user') === author)
  const summary = read(valueIn(payload, 'activity'), 'summary')
  const from = read(participant, 'name') ?? SUMMARY.exec(summary ?? '')?.[1] ?? read(message, 'role')
  return { ...(from === null ? {} : { from }), ...(author !== null && author === botId ? { own: true } : {}) }
}

// Ten thousand keys are kept for a day: one that somebody has filled is kept as its digest.
const MAX_KEY = 200
const bounded = (key: string): string => (key.length <= MAX_KEY ? key : createHash('sha1').update(key).digest('hex'))

function contentKey({ method, search, body }: Delivery): string | null {
  if (body.length === 0) return null
  return createHash('sha1').update(`${method} ${search}\n`).update(body).digest('hex')
}
