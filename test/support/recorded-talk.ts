// Deliveries of a conversation as the journal gives them, to export.
import type { Attempt, RawHeaders } from '../../src/core/delivery.ts'
import type { DeliveryDetail } from '../../src/journal/reader.ts'

/** What came with one delivery; what is not given is as usual. */
export interface RecordedMessage {
  readonly text: string
  /** Of the contact, unless it is given. */
  readonly role?: 'contact' | 'agent' | 'bot'
  /** It is the bot's own. */
  readonly own?: true
  readonly user?: string
  readonly message?: object
  readonly conversation?: object
  readonly event?: string
  /** The body of the bot's answer; `null`: nobody listened. */
  readonly answer?: string | null
}

export const CONVERSATION = '5c1a99e410419f5fb88cb5f2'
const BOT = 'b'.repeat(24)
const JENNY = 'a'.repeat(24)
const HEADERS: RawHeaders = ['Content-Type', 'application/json']
const START = Date.UTC(2026, 10, 27, 9, 30)

/** One delivery a second, each answered after 35 ms. */
export const recordedTalk = (messages: readonly RecordedMessage[]): readonly DeliveryDetail[] =>
  messages.map((given, n) => recordedDelivery(given, n))

function recordedDelivery(given: RecordedMessage, n: number): DeliveryDetail {
  const { text, own, role = own ? 'agent' : 'contact', message, conversation } = given
  const { event = 'message.create.contact.chat', user = own ? BOT : JENNY, answer = '' } = given
  const receivedAt = START + n * 1_000
  const payload = {
    event,
    data: {
      conversation: {
        id: CONVERSATION,
        type: 'contact',
        name: 'Jenny Jones',
        participants: [
          { user: JENNY, name: 'Jenny Jones', role: 'guest' },
          { user: BOT, name: 'Bikes', role: 'bot' },
        ],
        ...conversation,
      },
      message: {
        id: `${n}`.padStart(24, 'c'),
        conversation: CONVERSATION,
        createdAt: new Date(receivedAt).toISOString(),
        type: 'chat',
        role,
        user,
        text,
        meta: {},
        ...message,
      },
    },
  }
  const body = Buffer.from(JSON.stringify(payload))
  const id = `delivery${n}`
  const attempt: Attempt = {
    startedAt: receivedAt + 5,
    ms: 35,
    ...(answer === null
      ? { outcome: 'refused', reason: 'connect ECONNREFUSED 127.0.0.1:3000' }
      : { outcome: 'answered', reply: { status: 200, headers: [], body: Buffer.from(answer) } }),
  }
  const status = answer === null ? null : 200
  return {
    delivery: { id, receivedAt, method: 'POST', search: '', headers: HEADERS, body },
    summary: {
      id,
      receivedAt,
      method: 'POST',
      search: '',
      label: { event, platformId: null, conversation: CONVERSATION, text, ...(own && { own }) },
      bytes: body.length,
      settled: answer === null ? 'acknowledged' : 'delivered',
      attempts: 1,
      replays: 0,
      editOf: null,
      outcome: attempt.outcome,
      status,
      answered: status,
      ms: 35,
      ownStatus: null,
    },
    attempts: [{ n: 1, attempt, cut: false }],
  }
}
