// The body of a delivery, read for its labels only: event, id, conversation, text.
// Source: developers.web1on1.chat/webhooks/payloads.
import type { Label } from '../core/delivery.ts'

const NOTHING: Label = { event: null, platformId: null, conversation: null, text: null }

/** Reads the label of a body; a body that is no JSON object has none. Never throws. */
export function labelOf(body: Buffer): Label {
  // Everything the platform sends is a JSON object; the first byte saves the parse, and its error, for the rest.
  if (!/^\s*\{/.test(body.toString('latin1', 0, 64))) return NOTHING
  const payload = parse(body)
  if (payload === null) return NOTHING
  const data = recordIn(payload, 'data')
  const message = recordIn(data, 'message')
  return {
    event: stringIn(payload, 'event'),
    platformId: stringIn(payload, 'id'),
    conversation: stringIn(recordIn(data, 'conversation'), 'id') ?? stringIn(message, 'conversation'),
    text: stringIn(message, 'text'),
  }
}

type Json = Readonly<Record<string, unknown>>

function parse(body: Buffer): Json | null {
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
