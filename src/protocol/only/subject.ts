// What `--only` asks a delivery about: its event, its conversation, the contact that it concerns, and what that contact has said.
import { asRecord, asText, type Json, textIn, valueIn } from '../../core/json.ts'

/** What a delivery is about, as far as its payload says so. */
export interface Subject {
  readonly event: string | null
  readonly conversation: string | null
  /** Everything by which the contact is known: ids, names, e-mail addresses, telephone numbers. */
  readonly contact: readonly string[]
  /** The text of a message that the contact has written; `null` for anything else. */
  readonly said: string | null
}

/** More participants are not looked through: it is done for every delivery. */
const MAX_PARTICIPANTS = 100

const NAMES = ['name', 'displayName', 'fullName', 'email', 'telephone', 'phone', 'mobile']

/** `User Jenny Jones created a chat message` */
const SUMMARY = /^(?:User|Contact) (.{1,100}?) (?:created|updated|deleted) /

/** Reads what a payload is about; a body that is not a JSON object is about nothing. */
export function subjectOf(payload: Json | null): Subject {
  const data = valueIn(payload, 'data')
  const message = valueIn(data, 'message')
  const isContacts = textIn(message, 'role') === 'contact'
  return {
    event: textIn(payload, 'event'),
    conversation: conversationIn(payload),
    contact: [...new Set(contactIn(payload, isContacts))],
    said: isContacts ? textIn(message, 'text') : null,
  }
}

/** The id of the conversation that a payload is about, whatever the event; `null` where it names none. */
export function conversationIn(payload: Json | null): string | null {
  const data = valueIn(payload, 'data')
  return (
    idOf(valueIn(data, 'conversation')) ??
    idOf(valueIn(valueIn(data, 'message'), 'conversation')) ??
    idOf(valueIn(valueIn(data, 'contact'), 'conversation'))
  )
}

/** A reference of the API is an id, or where it is populated, the document itself. */
const idOf = (reference: unknown): string | null => asText(reference) ?? textIn(reference, 'id')

function contactIn(payload: Json | null, isContacts: boolean): readonly string[] {
  const data = valueIn(payload, 'data')
  const conversation = valueIn(data, 'conversation')
  const message = valueIn(data, 'message')
  const author = isContacts ? valueIn(message, 'user') : null
  const people = [valueIn(data, 'contact'), valueIn(conversation, 'contact'), valueIn(message, 'contact'), author]
  const ids = people.map(idOf).filter((id) => id !== null)
  const isTalk = textIn(conversation, 'type') === 'contact'
  const [, summarised] = isContacts ? (SUMMARY.exec(textIn(valueIn(payload, 'activity'), 'summary') ?? '') ?? []) : []
  const others = [isTalk ? textIn(conversation, 'name') : null, summarised ?? null, linkedId(data)]
  return [
    ...ids,
    ...people.flatMap(namesOf),
    ...participantsOf(conversation)
      .filter((one) => isContact(one, ids))
      .flatMap(namesOf),
    ...others.filter((one) => one !== null),
  ]
}

const isContact = (participant: unknown, ids: readonly string[]): boolean => {
  const user = idOf(valueIn(participant, 'user'))
  return textIn(participant, 'role') === 'contact' || (user !== null && ids.includes(user))
}

function participantsOf(conversation: unknown): readonly unknown[] {
  const participants = valueIn(conversation, 'participants')
  return Array.isArray(participants) ? participants.slice(0, MAX_PARTICIPANTS) : []
}

/** The names, addresses and numbers of a person's document, in it or in its profile. */
function namesOf(person: unknown): readonly string[] {
  const parts = [asRecord(person), asRecord(valueIn(person, 'profile'))]
  return parts.flatMap((part) => {
    const whole = [textIn(part, 'givenName'), textIn(part, 'familyName')].filter((name) => name !== null).join(' ')
    return [...NAMES.map((field) => textIn(part, field)), asText(whole)].filter((name) => name !== null)
  })
}

/** `data.links.contact` is the address of the contact in the API, which ends with the id. */
const linkedId = (data: unknown): string | null =>
  asText(textIn(valueIn(data, 'links'), 'contact')?.split(/[/?#]/).at(-1))
