// The body of a delivery, read for its labels only: event, id, conversation, text.
// Source: developers.web1on1.chat/webhooks/payloads.
import { createHash } from 'node:crypto'
import type { Delivery, Label } from '../core/delivery.ts'

const NOTHING: Label = { event: null, platformId: null, conversation: null, text: null }

/** What a delivery says about itself, and what it shares with a redelivery of it. */
export interface Identity {
  readonly label: Label
  /** The same for a redelivery, and for nothing else; `null` for a delivery that cannot be told apart. */
  readonly key: string | null
}

/** Reads label and key in one go; a body that is no JSON object has no label. Never throws. */
export function identify(delivery: Delivery): Identity {
  const payload = parse(delivery.body)
  if (payload === null) return { label: NOTHING, key: contentKey(delivery) }
  const data = recordIn(payload, 'data')
  const message = recordIn(data, 'message')
  const label: Label = {
    event: stringIn(payload, 'event'),
    platformId: stringIn(payload, 'id'),
    conversation: stringIn(recordIn(data, 'conversation'), 'id') ?? stringIn(message, 'conversation'),
    text: stringIn(message, 'text'),
  }
  if (label.platformId === null) return { label, key: contentKey(delivery) }
  // The reference calls `id` "the unique ID of the Webhook": were it the same for every event of one webhook, the event
  // and its message still tell two deliveries apart.
  return { label, key: `${label.platformId} ${label.event ?? ''} ${stringIn(message, 'id') ?? ''}` }
}

function contentKey({ method, search, body }: Delivery): string | null {
  if (body.length === 0) return null
  return createHash('sha1').update(`${method} ${search}\n`).update(body).digest('hex')
}

type Json = Readonly<Record<string, unknown>>

function parse(body: Buffer): Json | null {
  // Everything the platform sends is a JSON object; its first byte saves the parse, and the error, for the rest.
  if (!/^\s*\{/.test(body.toString('latin1', 0, 64))) return null
  try {
    return asRecord(JSON.parse(body.toString('utf8')))
  } catch {
    // Not JSON: it is forwarded all the same, without a label.
    return null
  }
}

const asRecord = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null

const recordIn = (from: Json | null, key: string): Json | null => asRecord(from?.[key])

function stringIn(from: Json | null, key: string): string | null {
  const value = from?.[key]
  return typeof value === 'string' && value !== '' ? value : null
}
