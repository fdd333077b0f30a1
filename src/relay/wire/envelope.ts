// What travels as one message: a few facts as JSON, then the bytes of a body, untouched.
import type { Delivery, RawHeaders, Reply } from '../../core/delivery.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { MAX_BODY_BYTES } from '../../core/limits.ts'

/** The largest message, in bytes: a whole body, and room for its headers. The broker's `max_payload` should not be less. */
export const MAX_MESSAGE_BYTES = MAX_BODY_BYTES + 256 * 1024

const LENGTH_BYTES = 4

/** Puts facts and body into one message. */
export function pack(facts: Json, body: Uint8Array): Buffer {
  const head = Buffer.from(JSON.stringify(facts))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, body])
}

/** Takes a message apart; throws on one that is not ours. */
export function unpack(message: Uint8Array): { readonly facts: Json; readonly body: Buffer } {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const end = LENGTH_BYTES + (bytes.length < LENGTH_BYTES ? Number.NaN : bytes.readUInt32BE())
  if (!(end <= bytes.length)) throw new Error('the message is cut off')
  const facts = parsed(bytes.toString('utf8', LENGTH_BYTES, end))
  return { facts, body: bytes.subarray(end) }
}

/** A message that is JSON alone. Throws on any other. */
export function parsed(text: string): Json {
  const json = jsonIn(text)
  if (isRecord(json)) return json
  throw new Error('the message is not a JSON object')
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Node's own error quotes the text, in which there may be a secret.
    throw new Error('the message is not JSON')
  }
}

/** A delivery on its way to a developer. */
export interface SentDelivery {
  readonly delivery: Delivery
  /** The session of the developer that it is meant for. */
  readonly session: string
}

const factsOf = ({ id, receivedAt, method, search, headers, again }: Delivery): Json => ({
  id,
  receivedAt,
  method,
  search,
  headers,
  ...(again !== undefined && { again }),
})

/** A delivery as a message, as it is kept. */
export const packDelivery = (delivery: Delivery): Buffer => pack(factsOf(delivery), delivery.body)

/** The delivery in a message. Throws on any other. */
export function unpackDelivery(message: Uint8Array): Delivery {
  const { facts, body } = unpack(message)
  return deliveryIn(facts, body)
}

/** A delivery as a message for one session of a developer. */
export const packSent = ({ delivery, session }: SentDelivery): Buffer =>
  pack({ ...factsOf(delivery), session }, delivery.body)

/** The question whether a session is alive. */
export const packPing = (session: string): Buffer => pack({ ping: session }, Buffer.alloc(0))

/** The session that a message asks for; `null` for any other message. Throws on one that is not ours. */
export const pingIn = (message: Uint8Array): string | null => textIn(unpack(message).facts, 'ping')

/** What a developer is sent. Throws on a message that is not a delivery. */
export function unpackSent(message: Uint8Array): SentDelivery {
  const { facts, body } = unpack(message)
  return { delivery: deliveryIn(facts, body), session: textIn(facts, 'session') ?? '' }
}

function deliveryIn(facts: Json, body: Buffer): Delivery {
  const [id, method] = [textIn(facts, 'id'), textIn(facts, 'method')]
  const [search, receivedAt] = [valueIn(facts, 'search'), valueIn(facts, 'receivedAt')]
  if (id === null || method === null || typeof search !== 'string' || typeof receivedAt !== 'number')
    throw new Error('the message is not a delivery')
  const again = textIn(facts, 'again')
  return { id, receivedAt, method, search, headers: headersIn(facts), body, ...(again !== null && { again }) }
}

function headersIn(facts: Json): RawHeaders {
  const headers = valueIn(facts, 'headers')
  if (!Array.isArray(headers) || headers.length % 2 !== 0) throw new Error('the headers of the message are malformed')
  return headers.map(String)
}

/** What a developer's side says to a delivery: the reply that it was given, or that it was not taken. */
export type Answer = { readonly taken: true; readonly reply: Reply } | { readonly taken: false; readonly why: string }

/** An answer as a message. */
export const packAnswer = (answer: Answer): Buffer =>
  answer.taken
    ? pack({ status: answer.reply.status, headers: answer.reply.headers }, answer.reply.body)
    : pack({ why: answer.why }, Buffer.alloc(0))

/** The answer in a message. Throws on any other. */
export function unpackAnswer(message: Uint8Array): Answer {
  const { facts, body } = unpack(message)
  const why = textIn(facts, 'why')
  if (why !== null) return { taken: false, why }
  const status = valueIn(facts, 'status')
  if (!isFinal(status)) throw new Error('the message is not an answer')
  return { taken: true, reply: { status, headers: headersIn(facts), body } }
}

/** Whether it is a status that an answer may have: anything else ends the connection to the platform. */
const isFinal = (status: unknown): status is number =>
  typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 999
