// A contact: a consumer in a conversation of their own, who sees what is meant for them.
import { DevHookError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Named } from '../../protocol/envelope.ts'
import type { Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import { addContact, createConversation } from '../resources/conversations.ts'
import { adminOf, personAsCaller } from '../seed.ts'
import { fillingOf } from './offers.ts'
import type { Stage } from './stage.ts'
import { createVoice, type Voice } from './voice.ts'

export interface Contact extends Voice {
  readonly id: string
  readonly name: string
  /** Fills in fields of a form, by its name or id, and waits for nothing. Throws `noButton`, which lists what there is. */
  fill(form: string, values: Readonly<Record<string, string>>): readonly Message[]
}

/** Somebody new. */
export interface NewContact {
  readonly name: string
  /** The address that they log in with; none: they do not. */
  readonly email?: string
  /** Further fields of their profile. */
  readonly profile?: Json
  /** Fields of their conversation. */
  readonly conversation?: Json
}

/** Creates a person, in a conversation of their own. Throws what the API would answer when a field is not what it should be. */
export function createContact(stage: Stage, { name, email, profile = {}, conversation: fields }: NewContact): Contact {
  const { store, seeded } = stage.context
  const { id } = addContact(stage.context, adminOf(seeded), {
    name,
    profile: { ...profile, ...(email !== undefined && { email }) },
  })
  const guest = personAsCaller(seeded, id, 'guest')
  const conversation = createConversation(stage.context, guest, { name, ...fields, contact: id })
  const voice = contactVoice(stage, { id, name }, conversation.id)

  function fill(form: string, values: Readonly<Record<string, string>>): readonly Message[] {
    const known = store.conversations.get(conversation.id)
    if (known === undefined) throw new DevHookError('usage', `the conversation of ${name} is gone`)
    return fillingOf(known, form, values, name).map((body) => voice.post(body))
  }

  return Object.assign(voice, { id, name, fill })
}

/** The voice of a contact in a conversation. */
export function contactVoice(stage: Stage, { id, name }: Named, conversation: string): Voice {
  const caller = personAsCaller(stage.context.seeded, id, 'guest')
  return createVoice(stage, { caller, name, conversation, sees: (message) => unseenByContact(message) === null })
}
