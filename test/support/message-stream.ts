// A steady stream of messages from many contacts, sent through the sandbox as the platform sends them.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Notice } from '../../src/core/notices.ts'
import { buildConversation, buildMessage } from '../../src/protocol/documents.ts'
import { messagePayload, type Payload } from '../../src/protocol/envelope.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { SandboxDelivery } from '../../src/sandbox/webhooks/deliver.ts'

/** One message, and what became of its delivery so far. */
export interface SentMessage {
  readonly id: string
  readonly conversation: string
  /** No other message has the same. */
  readonly text: string
  readonly payload: Payload
  /** `null` as long as no active webhook wants it: then it was not sent. */
  readonly delivery: SandboxDelivery | null
}

export interface MessageStream {
  /** In the order in which they were sent. */
  readonly sent: readonly SentMessage[]
  /** Sends one more, in the next conversation. */
  send(): SentMessage
  /** Sends one again as it was, to whoever is registered now. */
  resend(one: SentMessage): SandboxDelivery | null
  /** Sends them evenly; resolves when the last one is on its way. */
  flow(count: number, perSecond: number, signal?: AbortSignal): Promise<void>
  /** Resolves when the platform has an answer to everything. */
  settled(): Promise<void>
}

/** Prepares the conversations. */
export function createMessageStream(platform: Sandbox, conversations: number): MessageStream {
  const people = Array.from({ length: conversations }, () => platform.templateContext('new'))
  const sent: SentMessage[] = []

  function payloadOf(n: number, text: string): Payload {
    const context = people[n % people.length] ?? platform.templateContext('new')
    const { contact, api } = context
    const organization = context.organization.id
    const time = new Date()
    const conversation = buildConversation({ id: context.conversation, organization, name: contact.name, time })
    const id = randomUUID().replaceAll('-', '').slice(0, 24)
    const message = buildMessage({ id, conversation, role: 'contact', author: contact.id, text, time })
    return messagePayload({ id: randomUUID(), time, api }, 'create', conversation, message, contact)
  }

  function send(): SentMessage {
    const text = `message ${sent.length}`
    const payload = payloadOf(sent.length, text)
    const [delivery = null] = platform.emit(payload)
    const one = { id: payload.id, conversation: conversationOf(payload), text, payload, delivery }
    sent.push(one)
    return one
  }

  return {
    sent,
    send,
    resend: ({ payload }) => platform.emit(payload)[0] ?? null,
    flow: async (count, perSecond, signal) => {
      const start = performance.now()
      for (let n = 0; n < count && !signal?.aborted; n++) {
        await sleep(Math.max(0, start + (n * 1_000) / perSecond - performance.now()))
        send()
      }
    },
    settled: async () => {
      while (sent.some(({ delivery }) => delivery?.state === 'pending')) await sleep(20)
    },
  }
}

const conversationOf = ({ data }: Payload): string => {
  const { conversation } = data
  return typeof conversation === 'object' && conversation !== null && 'id' in conversation
    ? String(conversation.id)
    : ''
}

/** What arrived at dev-hook, in its order of arrival, as its notices tell; of what came again, the first time. */
export function arrived(sent: readonly SentMessage[], notices: readonly Notice[]): readonly SentMessage[] {
  const texts = notices.flatMap((notice) => (notice.type === 'delivery' ? [notice.text] : []))
  const byText = new Map(sent.map((one) => [one.text, one]))
  return [...new Set(texts)].flatMap((text) => byText.get(text ?? '') ?? [])
}

/** The conversations in which something came to the bot in another order than it arrived; what did not come is left out. */
export function disordered(order: readonly SentMessage[], came: readonly string[]): string[] {
  const conversations = new Set(order.map(({ conversation }) => conversation))
  return [...conversations].filter((conversation) => {
    const ids = order.flatMap((one) => (one.conversation === conversation ? [one.id] : []))
    const seen = came.filter((id) => ids.includes(id))
    return seen.join() !== ids.filter((id) => seen.includes(id)).join()
  })
}

/** The ids that stand more than once in a list. */
export const repeated = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter((id, place) => ids.indexOf(id) !== place)),
]
