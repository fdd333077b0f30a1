// What a delivery is about, read from its body: the label that is shown, and the key by which it is recognised when it comes again.
// Source: developers.web1on1.chat/webhooks/payloads.
import { createHash } from 'node:crypto'
import type { Delivery, Label } from '../core/delivery.ts'
import { textIn, valueIn } from '../core/json.ts'
import { jsonInBody } from './body-json.ts'

/** The label of a delivery that says nothing about itself, or whose body must not be read. */
export const NO_LABEL: Label = { event: null, platformId: null, conversation: null, text: null }

/** What a delivery is about, and what it shares with a redelivery of it. */
export interface DeliveryIdentity {
  readonly label: Label
  /** Equal for a redelivery, and for nothing else; `null` for a delivery that cannot be told apart. */
  readonly key: string | null
}

/** Reads the label and the key of a delivery; without a JSON object in its body it has no label. Never throws. */
export function identify(delivery: Delivery): DeliveryIdentity {
  const payload = jsonInBody(delivery.headers, delivery.body)
  if (payload === null) return { label: NO_LABEL, key: contentKey(delivery) }
  const data = valueIn(payload, 'data')
  const message = valueIn(data, 'message')
  const label: Label = {
    event: textIn(payload, 'event'),
    platformId: textIn(payload, 'id'),
    conversation: textIn(valueIn(data, 'conversation'), 'id') ?? textIn(message, 'conversation'),
    text: textIn(message, 'text'),
  }
  if (label.platformId === null) return { label, key: contentKey(delivery) }
  // The reference calls `id` "the unique ID of the Webhook": were it the same for every event of one webhook, the event
  // and its message still tell two deliveries apart.
  return { label, key: bounded(`${label.platformId} ${label.event ?? ''} ${textIn(message, 'id') ?? ''}`) }
}

// Ten thousand keys are kept for a day: one that somebody has filled is kept as its digest.
const MAX_KEY = 200
const bounded = (key: string): string => (key.length <= MAX_KEY ? key : createHash('sha1').update(key).digest('hex'))

function contentKey({ method, search, body }: Delivery): string | null {
  if (body.length === 0) return null
  return createHash('sha1').update(`${method} ${search}\n`).update(body).digest('hex')
}
