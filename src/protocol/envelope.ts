// The payloads of events: the envelope around the documents that an event is about.
// Source: developers.web1on1.chat/webhooks/{payloads,events}.
import { asRecord, textIn } from '../core/json.ts'
import type { Conversation, Document, Message } from './resources.ts'

/** The body of a delivery, before it becomes bytes. */
export interface Payload {
  readonly id: string
  /** ISO 8601. */
  readonly timestamp: string
  readonly event: string
  readonly organization: string
  readonly activity: Activity
  readonly data: Readonly<Record<string, unknown>>
}

interface Activity {
  readonly '@context': string
  readonly type: string
  readonly actor: { readonly id: string; readonly type: string }
  readonly object: { readonly id: string; readonly type: string }
  readonly published: string
  readonly summary: string
}

/** What every payload is made with: its own id (a UUID), the time, and the API that its links point to. */
export interface Envelope {
  readonly id: string
  readonly time: Date
  /** `https://api.web1on1.chat`, without a trailing slash. */
  readonly api: string
}

/** A person, bot or contact by id and name. */
export interface Named {
  readonly id: string
  readonly name: string
}

/** What happened: the event, whose it is, by whom, and the documents that it carries, by the singular of their resource. */
interface Happening {
  readonly event: string
  readonly organization: string
  readonly actor: Named
  readonly documents: Readonly<Record<string, unknown>>
}

/** The event of a message: `message.create.<conversation type>.<message type>`, or `message.update`, `message.delete`. */
function messageEvent(action: string, conversation: Conversation, message: Message): string {
  return action === 'create' ? `message.create.${conversation.type}.${message.type}` : `message.${action}`
}

/** The payload of an event about a message. */
export function messagePayload(
  envelope: Envelope,
  action: string,
  conversation: Conversation,
  message: Message,
  actor: Named,
): Payload {
  const event = messageEvent(action, conversation, message)
  const { organization } = message
  return eventPayload(envelope, { event, organization, actor, documents: { conversation, message } })
}

/** The payload of `<resource>.<action>`, for `resource` in the singular. */
export function resourcePayload(
  envelope: Envelope,
  event: { readonly resource: string; readonly action: string; readonly organization: string },
  document: Document,
  actor: Named,
): Payload {
  const { resource, action, organization } = event
  return eventPayload(envelope, {
    event: `${resource}.${action}`,
    organization,
    actor,
    documents: { [resource]: document },
  })
}

/** The payload of any event, which is about the document that its first word names, else about the first one. */
export function eventPayload(envelope: Envelope, happening: Happening): Payload {
  const { event, organization, documents } = happening
  const [resource = '', action = ''] = event.split('.')
  const [about, document] =
    resource in documents ? [resource, documents[resource]] : (Object.entries(documents)[0] ?? [resource, null])
  const links = linksOf(envelope, happening)
  const what = about === 'message' ? `${textIn(document, 'type') ?? 'chat'} message` : about
  return {
    id: envelope.id,
    timestamp: envelope.time.toISOString(),
    event,
    organization,
    activity: activityOf(envelope, action, happening.actor, links[about] ?? '', what),
    data: { ...documents, links },
  }
}

/** Where the documents of an event are found in the API; with a message, its contact and author too. */
function linksOf({ api }: Envelope, { organization, actor, documents }: Happening): Record<string, string> {
  const link = (resource: string, id: string): string => `${api}/v2/${resource}s/${id}`
  const links: Record<string, string> = { organization: link('organization', organization) }
  for (const [resource, document] of Object.entries(documents)) {
    const id = textIn(document, 'id')
    if (id !== null) links[resource] = link(resource, id)
  }
  if (asRecord(documents['message']) === null) return links
  const contact = textIn(documents['conversation'], 'contact')
  return { ...links, ...(contact !== null && { contact: link('contact', contact) }), user: link('user', actor.id) }
}

const DONE: Readonly<Record<string, { readonly verb: string; readonly says: string }>> = {
  create: { verb: 'Create', says: 'created a' },
  update: { verb: 'Update', says: 'updated a' },
  delete: { verb: 'Delete', says: 'deleted a' },
}

function activityOf(envelope: Envelope, action: string, actor: Named, object: string, what: string): Activity {
  // Activity Streams has a verb for each change of a resource; what else happens is a plain activity.
  const { verb, says } = DONE[action] ?? { verb: 'Activity', says: `did ${action}: a` }
  const did = action === 'login' ? 'logged in' : `${says} ${what}`
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: verb,
    actor: { id: `${envelope.api}/v2/users/${actor.id}`, type: 'Person' },
    object: { id: object, type: 'Object' },
    published: envelope.time.toISOString(),
    summary: `User ${actor.name} ${did}`,
  }
}
