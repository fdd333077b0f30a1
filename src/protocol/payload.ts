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

/** Reads the label and the key of a delivery, which may be of what the bot itself said; without a JSON object in its body it has no label. Never throws. */
export function identify(delivery: Delivery, botId: string | null = null): DeliveryIdentity {
  const payload = jsonInBody(delivery.headers, delivery.body)
  if (payload === null) return { label: NO_LABEL, key: contentKey(delivery) }
  const data = valueIn(payload, 'data')
  const message = valueIn(data, 'message')
  const label: Label = {
    event: textIn(payload, 'event'),
    platformId: textIn(payload, 'id'),
    conversation: textIn(valueIn(data, 'conversation'), 'id') ?? textIn(message, 'conversation'),
    text: textIn(message, 'text'),
    ...(message === undefined ? {} : authorOf(payload, message, botId)),
  }
  if (label.platformId === null) return { label, key: contentKey(delivery) }
  // The reference calls `id` "the unique ID of the Webhook": were it the same for every event of one webhook, the event
  // and its message still tell two deliveries apart.
  return { label, key: bounded(`${label.platformId} ${label.event ?? ''} ${textIn(message, 'id') ?? ''}`) }
}

/** More participants are not looked through: it is done for every delivery. */
const MOST_PARTICIPANTS = 100

/** `User Jenny Jones created a chat message` */
const SUMMARY = /^(?:User|Contact|Bot) (.{1,100}?) (?:created|updated|deleted) /

/** Who said a message, by the participants of its conversation, else by the summary of what happened, else by the role. */
function authorOf(payload: Json, message: unknown, botId: string | null): Pick<Label, 'from' | 'own'> {
  const author = textIn(message, 'user') ?? textIn(message, 'contact')
  const participants = valueIn(valueIn(valueIn(payload, 'data'), 'conversation'), 'participants')
  const known = Array.isArray(participants) && author !== null ? participants.slice(0, MOST_PARTICIPANTS) : []
  const participant = known.find((one) => textIn(one, 'user') === author)
  const summary = textIn(valueIn(payload, 'activity'), 'summary')
  const from = textIn(participant, 'name') ?? SUMMARY.exec(summary ?? '')?.[1] ?? textIn(message, 'role')
  return { ...(from === null ? {} : { from }), ...(author !== null && author === botId ? { own: true } : {}) }
}

// Ten thousand keys are kept for a day: one that somebody has filled is kept as its digest.
const MAX_KEY = 200
const bounded = (key: string): string => (key.length <= MAX_KEY ? key : createHash('sha1').update(key).digest('hex'))

function contentKey({ method, search, body }: Delivery): string | null {
  if (body.length === 0) return null
  return createHash('sha1').update(`${method} ${search}\n`).update(body).digest('hex')
}
