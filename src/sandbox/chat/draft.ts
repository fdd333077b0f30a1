// A posted body as a message: its fields checked, its author and role found.
// Source: developers.web1on1.chat/messaging/{messagetypes,chatbubblesandcards}; the platform's API reference for the author.
import { asRecord, asText, type Json, textIn } from '../../core/json.ts'
import { buildMessage } from '../../protocol/documents.ts'
import { MESSAGE_TYPES } from '../../protocol/events.ts'
import { newId } from '../../protocol/ids.ts'
import type { Conversation, Document, Message, Participant, Role } from '../../protocol/resources.ts'
import { isGuest } from '../access/permissions.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import type { Store } from '../store.ts'
import { personBy } from './people.ts'

const MAX_DELAY_MS = 24 * 3_600_000

/** A message that was posted, and how many ms it waits until it takes effect. */
export interface Draft {
  readonly message: Message
  readonly delayMs: number
}

/** A body as the caller's message to a conversation. Throws 400 for a field that is not what it should be. */
export function draftOf({ store, clock }: AppContext, caller: Caller, conversation: Conversation, body: Json): Draft {
  const { delay, ...more } = body
  const message = buildMessage({
    id: newId(),
    conversation,
    type: typeOf(body['type'] ?? 'chat'),
    role: roleOf(body['role'], store, caller),
    author: authorOf(body, caller),
    postedBy: caller.user,
    text: textOf(body['text'] ?? ''),
    meta: metaOf(body['meta'] ?? {}),
    more: withLists(more),
    time: new Date(clock.now()),
  })
  return { message, delayMs: delayOf(delay ?? 0) }
}

/** Whoever the body names, else the owner of the token, whatever the role; a contact speaks for nobody else. */
function authorOf(body: Json, caller: Caller): string {
  return (isGuest(caller) ? null : asText(body['user'])) ?? caller.user
}

const USUAL_ROLE: Readonly<Record<Participant['role'], Role>> = {
  guest: 'contact',
  agent: 'agent',
  admin: 'agent',
  bot: 'bot',
}

/** The role that is given, else the usual one of the owner of the token. */
function roleOf(given: unknown, store: Store, caller: Caller): Role {
  if (given === undefined) return USUAL_ROLE[personBy(store, caller.user)?.role ?? 'bot']
  if (given !== 'contact' && given !== 'agent' && given !== 'bot') {
    throw new ApiError(400, 'role must be contact, agent or bot')
  }
  if (isGuest(caller) && given !== 'contact') throw new ApiError(403, 'Permission denied: agent scope required')
  return given
}

function typeOf(type: unknown): string {
  const known = MESSAGE_TYPES.find((name) => name === type)
  if (known === undefined) throw new ApiError(400, `type must be one of ${MESSAGE_TYPES.join(', ')}`)
  return known
}

function textOf(text: unknown): string {
  if (typeof text !== 'string') throw new ApiError(400, 'text must be a text')
  return text
}

function metaOf(value: unknown): Json {
  const meta = asRecord(value)
  if (meta === null) throw new ApiError(400, 'meta must be an object')
  return meta
}

function delayOf(delay: unknown): number {
  if (typeof delay === 'number' && delay >= 0 && delay <= MAX_DELAY_MS) return delay
  throw new ApiError(400, 'delay must be milliseconds, at most a day')
}

/** The fields of a message that are lists of objects. */
const LISTS = ['actions', 'items', 'results'] as const

function withLists(body: Json): Json {
  for (const field of LISTS) {
    const value = body[field]
    if (value !== undefined && !(Array.isArray(value) && value.every((entry) => asRecord(entry) !== null))) {
      throw new ApiError(400, `${field} must be a list of objects`)
    }
  }
  return body
}

/** A changed document as a message. Throws 400 when the change made it something else. */
export function asMessage(document: Document): Message {
  const organization = textIn(document, 'organization')
  const conversation = textIn(document, 'conversation')
  const user = textIn(document, 'user')
  const { role } = document
  if (organization === null || conversation === null || user === null) throw new ApiError(400, 'not a message')
  if (role !== 'contact' && role !== 'agent' && role !== 'bot') {
    throw new ApiError(400, 'role must be contact, agent or bot')
  }
  return {
    ...withLists(document),
    id: document.id,
    organization,
    conversation,
    user,
    role,
    isBackchannel: document['isBackchannel'] === true,
    type: typeOf(document['type']),
    text: textOf(document['text']),
    meta: metaOf(document['meta']),
  }
}
