// A recorded conversation as a fixture, without secrets, and unless asked otherwise without personal data.
import { isSuccess, type Summary } from '../../../core/delivery.ts'
import { asRecord, isRecord, type Json, textIn, valueIn } from '../../../core/json.ts'
import { isDeep } from '../../../core/text/json-layout.ts'
import type { Redact } from '../../../core/text/redact.ts'
import { findById } from '../../../journal/find-by-id.ts'
import { type DeliveryDetail, readDetails } from '../../../journal/reader.ts'
import type { Fixture } from '../../../protocol/fixture/fixture.ts'
import { type RecordedEvent, recordFixture } from '../../../protocol/fixture/record.ts'
import { withoutPersonalData } from '../../../protocol/personal-data/replace.ts'
import type { Replacement } from '../../../protocol/personal-data/stand-ins.ts'
import { hideSecrets } from '../hide-secrets.ts'

export interface ExportedConversation {
  readonly fixture: Fixture
  /** Messages of the bot that nobody had asked for, which are left out. */
  readonly unasked: number
  readonly replaced: readonly Replacement[]
}

export interface ConversationExport {
  /** The bot's folder. */
  readonly folder: string
  readonly conversation: string
  /** `null`: secrets stay. */
  readonly redact: Redact | null
  /** Whether people stay who they are. */
  readonly withPeople: boolean
}

/** Reads a conversation from the record: the messages that were delivered to the bot, its own among them as far as it was told of them. */
export async function exportConversation(options: ConversationExport): Promise<ExportedConversation> {
  const { folder, conversation, redact, withPeople } = options
  return fixtureOf(await readDetails(folder, belongsTo(conversation)), { redact, withPeople })
}

/** The same of deliveries that were read already. */
export function fixtureOf(
  details: readonly DeliveryDetail[],
  { redact, withPeople }: Pick<ConversationExport, 'redact' | 'withPeople'>,
): ExportedConversation {
  const { fixture, unasked } = recordFixture(eventsIn(details, redact).filter(isSaid))
  if (withPeople) return { fixture, unasked, replaced: [] }
  const { value, replaced } = withoutPersonalData(fixture)
  return { fixture: value, unasked, replaced }
}

/** The conversation that is meant: by its id or a part of it, or, `byDelivery`, by that of a delivery in it; `null` for none. */
export function findConversation(recorded: readonly Summary[], given: string, byDelivery: boolean): string | null {
  const talks = new Set(recorded.flatMap(({ label }) => label.conversation ?? []))
  const all = [
    ...[...talks].map((id) => ({ id, conversation: id })),
    // A fixture of a delivery is one of that alone.
    ...recorded.map(({ id, label }) => ({ id, conversation: byDelivery ? label.conversation : null })),
  ]
  return findById(all, ({ id }) => id, given)?.conversation ?? null
}

/** Chooses what came of a conversation: neither what the guard kept from the bot, nor edited copies. */
export const belongsTo =
  (conversation: string) =>
  ({ label, editOf, settled }: Summary): boolean =>
    label.conversation === conversation && editOf === null && settled !== 'rejected'

/** An event, its delivery, and when it happened, in ms since the epoch: deliveries may overtake each other. */
export type TimedEvent = RecordedEvent & { readonly at: number; readonly detail: DeliveryDetail }

/** Whether it is a message: what a fixture is made of. */
export const isSaid = ({ event }: RecordedEvent): boolean => event.startsWith('message.create.')

/** The events in deliveries, in the order in which they happened. */
export const eventsIn = (details: readonly DeliveryDetail[], redact: Redact | null): readonly TimedEvent[] =>
  details.flatMap((detail) => eventOf(detail, redact)).toSorted((a, b) => a.at - b.at)

function eventOf(detail: DeliveryDetail, redact: Redact | null): readonly TimedEvent[] {
  const { summary, delivery, attempts } = detail
  const payload = jsonOf(delivery.body, redact)
  const event = payload === null ? null : textIn(payload, 'event')
  if (payload === null || event === null) return []
  const said = Date.parse(textIn(valueIn(valueIn(payload, 'data'), 'message'), 'createdAt') ?? '')
  const answers = attempts.flatMap(({ attempt }) =>
    attempt.outcome === 'answered' && isSuccess(attempt.reply.status) ? [attempt.reply.body] : [],
  )
  return [
    {
      event,
      payload,
      isBots: summary.label.own === true,
      answer: messagesIn(jsonOf(answers.at(-1) ?? Buffer.alloc(0), redact)),
      at: Number.isNaN(said) ? delivery.receivedAt : said,
      detail,
    },
  ]
}

/** A delivery may be answered with `{"messages": [{"text": "Hello"}]}`. */
function messagesIn(answer: Json | null): readonly Json[] {
  const messages = answer?.['messages']
  return Array.isArray(messages) ? messages.filter(isRecord) : []
}

function jsonOf(body: Buffer, redact: Redact | null): Json | null {
  const text = body.toString('utf8')
  // Nobody could write this back, and no bot can have read it either.
  if (isDeep(text)) return null
  try {
    return asRecord(JSON.parse(redact === null ? text : hideSecrets(text, redact)))
  } catch {
    // Not an event or an answer that concerns a bot.
    return null
  }
}
