// The shapes of what operations tell of a sandbox: people, conversations, messages.
import { anyObject, anything, choice, flag, integer, list, number, object, orNull, text, time } from './shape.ts'

const COUNT = integer(0, Number.MAX_SAFE_INTEGER)

/** Somebody whom a person can speak as. */
export const PERSON = object({
  id: text(),
  name: text(),
  role: choice('contact', 'agent'),
  /** The latest conversation of a contact. */
  conversation: orNull(text()),
})

/** What can be pressed below a message. */
const BUTTON = object({ text: text(), payload: orNull(text()), type: text() })

/** A message, and who sees it. `document` is the message as the platform's API shows it. */
export const MESSAGE = object({
  id: text(),
  time,
  conversation: text(),
  type: text(),
  role: choice('contact', 'agent', 'bot'),
  /** Who has written it. */
  by: choice('contact', 'agent', 'bot'),
  name: text(),
  text: text(),
  /** Why the contact does not see it. */
  unseen: orNull(choice('role', 'backchannel', 'type', 'widget-call')),
  /** The same in a sentence. */
  why: orNull(text()),
  buttons: list(BUTTON),
  /** The platform's ids of the deliveries that announce it, as `platformId` of a delivery. */
  deliveries: list(text()),
  document: anyObject,
})

/** A call of the API by the bot. `status` is `null` when its connection was cut. */
export const CALL = object({
  time,
  ms: number,
  method: text(),
  path: text(),
  status: orNull(COUNT),
  conversation: orNull(text()),
  body: anything,
  response: anything,
})

/** A conversation as a row of a list. */
export const CONVERSATION_ROW = object({
  id: text(),
  name: text(),
  type: text(),
  status: text(),
  contact: orNull(object({ id: text(), name: text() })),
  updatedAt: time,
  messages: COUNT,
  last: orNull(object({ name: text(), text: text() })),
})

const PARTICIPANT = object({
  user: text(),
  name: text(),
  role: text(),
  active: flag,
  accepted: flag,
  inbox: flag,
})

/** A form that is open. `values` are those that are filled in, by the keys of the fields. */
const FORM = object({
  id: text(),
  name: text(),
  fields: list(object({ key: text(), name: text(), type: orNull(text()), options: list(text()) })),
  values: anyObject,
})

export const CONVERSATION = object({
  conversation: CONVERSATION_ROW,
  participants: list(PARTICIPANT),
  forms: list(FORM),
  messages: list(MESSAGE),
})
