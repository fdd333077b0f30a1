// Example events: a template filled in.
import { asText, type Json } from '../../core/json.ts'
import { eventPayload, type Named, type Payload } from '../envelope.ts'
import { fillObject, fillText, type Values } from './placeholders.ts'
import type { Actor, EventTemplate, EventTemplates, TemplateContext } from './template.ts'

/** The ids that are new in each event. */
export interface Occurrence {
  /** The id of the payload, a UUID. */
  readonly id: string
  /** The id of the message, and of a further document; 24 hex digits. */
  readonly message: string
  readonly other: string
}

/** Makes an example of one of a template's events; `text` replaces the usual text of its message. */
export function exampleOf(
  { parts }: Pick<EventTemplates, 'parts'>,
  template: EventTemplate,
  event: string,
  context: TemplateContext,
  occurrence: Occurrence,
  text: string | null = null,
): Payload {
  const { id } = occurrence
  const { api, time } = context
  const actor = actorOf(template.by, context)
  const blank = valuesOf(event, actor, context, occurrence)
  // What a person gives is not a template: braces in it stand for themselves.
  const values = { ...blank, text: text ?? fillText(template.text ?? '', blank) }
  const part = (name: string): Json => ({
    ...fillObject(parts[name] ?? {}, values, part),
    ...context.documents?.[name],
  })
  const documents = fillObject(template.data, values, part)
  return eventPayload({ id, time, api }, { event, organization: context.organization.id, actor, documents })
}

const actorOf = (by: Actor, context: TemplateContext): Named => context[by]

function valuesOf(event: string, by: Named, context: TemplateContext, occurrence: Occurrence): Values {
  const { organization, bot, agent, contact, conversation, documents, api } = context
  const [, , conversationType, messageType] = event.split('.')
  return {
    id: occurrence.other,
    time: context.time.toISOString(),
    text: '',
    api,
    'organization.id': organization.id,
    'organization.name': organization.name,
    'bot.id': bot.id,
    'bot.name': bot.name,
    'agent.id': agent.id,
    'agent.name': agent.name,
    'contact.id': contact.id,
    'contact.name': contact.name,
    'by.id': by.id,
    'by.name': by.name,
    'conversation.id': conversation,
    'conversation.type': conversationType ?? asText(documents?.['conversation']?.['type']) ?? 'contact',
    'message.id': occurrence.message,
    'message.type': messageType ?? 'chat',
  }
}
