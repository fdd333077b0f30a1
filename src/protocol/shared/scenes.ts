// What is shown of a shared conversation, one below the other: messages, each with its deliveries, and other events.
import { asRecord, isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { asMessage, speakerOf } from '../script/from-fixture.ts'
import { lineOf } from '../transcript/from-messages.ts'
import type { TranscriptLine } from '../transcript/model.ts'
import type { SharedDelivery } from './shared-talk.ts'

/** Something that was said or done. */
export interface SharedMessage {
  readonly kind: 'message'
  readonly by: 'contact' | 'agent' | 'bot'
  readonly name: string
  /** In ms since the epoch. */
  readonly at: number
  readonly line: TranscriptLine
  readonly document: Json
  /** Those that announce it: none for what the bot said in its answer to another one. */
  readonly deliveries: readonly SharedDelivery[]
}

/** Any other event. */
export interface SharedEvent {
  readonly kind: 'event'
  readonly at: number
  readonly delivery: SharedDelivery
}

/** Puts messages and events in the order of time. A message that came several times is shown once. */
export function scenesOf(deliveries: readonly SharedDelivery[]): readonly (SharedMessage | SharedEvent)[] {
  const hearsItself = deliveries.some(({ isBots }) => isBots)
  const shown: (SharedEvent | (SharedMessage & { readonly deliveries: SharedDelivery[] }))[] = []
  const known = new Map<string, SharedDelivery[]>()
  for (const delivery of deliveries) {
    const message = messageIn(delivery)
    if (message === null) {
      shown.push({ kind: 'event', at: delivery.at, delivery })
      continue
    }
    const id = textIn(message, 'id') ?? delivery.id
    const before = known.get(id)
    if (before !== undefined) {
      before.push(delivery)
      continue
    }
    const own = [delivery]
    known.set(id, own)
    shown.push({ ...said(message, delivery), deliveries: own })
    if (!hearsItself) shown.push(...answersTo(delivery))
  }
  return shown
}

const messageIn = ({ event, payload }: SharedDelivery): Json | null =>
  event.startsWith('message.create') ? asRecord(valueIn(valueIn(payload, 'data'), 'message')) : null

const conversationIn = ({ payload }: SharedDelivery): Json =>
  asRecord(valueIn(valueIn(payload, 'data'), 'conversation')) ?? {}

function said(message: Json, delivery: SharedDelivery): Omit<SharedMessage, 'deliveries'> {
  const { at, isBots, payload } = delivery
  const conversation = conversationIn(delivery)
  const speaker = isBots ? ({ is: 'bot' } as const) : speakerOf(message, conversation, payload)
  return {
    kind: 'message',
    by: speaker.is,
    name: speaker.is === 'bot' ? botIn(conversation) : speaker.name,
    at,
    line: lineOf(asMessage(message), speaker),
    document: message,
  }
}

/** What the bot said in its answer, where it is not told of its own messages. */
function answersTo(delivery: SharedDelivery): readonly (SharedMessage & { readonly deliveries: SharedDelivery[] })[] {
  const last = delivery.attempts.findLast(({ status }) => status !== null && status < 300)
  const messages = asRecord(last?.answer)?.['messages']
  if (last === undefined || !Array.isArray(messages)) return []
  return messages.filter(isRecord).map((document) => ({
    kind: 'message',
    by: 'bot',
    name: botIn(conversationIn(delivery)),
    at: last.startedAt + last.ms,
    line: lineOf(asMessage(document), { is: 'bot' }),
    document,
    deliveries: [],
  }))
}

/** The name of the bot, as the conversation of a payload has it. */
export function botIn(conversation: Json): string {
  const participants = conversation['participants']
  const bot = Array.isArray(participants) ? participants.find((one) => valueIn(one, 'role') === 'bot') : null
  return textIn(bot, 'name') ?? 'Bot'
}
