// Everybody in a sandbox one can speak as, including those who came through the API, and the voice of each in a conversation.
import { textIn } from '../../core/json.ts'
import type { Conversation } from '../../protocol/resources.ts'
import { agentOf } from './agent.ts'
import { contactVoice } from './contact.ts'
import { nameOf, personBy } from './people.ts'
import type { Stage } from './stage.ts'
import type { Voice } from './voice.ts'

/** A contact, or somebody of the team. */
export interface Somebody {
  readonly id: string
  readonly name: string
  readonly role: 'contact' | 'agent'
  /** The latest conversation of a contact; `null` for one without, and for the team, who are in all of them. */
  readonly conversation: string | null
}

export interface Everybody {
  /** Contacts in the order in which they came, then the team. */
  list(): readonly Somebody[]
  /** Lets somebody speak in a conversation; `null` for somebody unknown. */
  voice(id: string, conversation: string): Voice | null
}

/** Finds everybody in what is stored. */
export function createEverybody(stage: Stage): Everybody {
  const { store } = stage.context

  /** The latest conversation of each contact, by their ids. */
  function latest(): ReadonlyMap<string, Conversation> {
    const found = new Map<string, Conversation>()
    for (const conversation of store.conversations.all()) {
      const contact = textIn(conversation, 'contact')
      if (contact !== null) found.set(contact, later(found.get(contact), conversation))
    }
    return found
  }

  return {
    list: () => {
      const conversations = latest()
      const contacts = store.contacts.all().map((contact): Somebody => {
        const { id } = contact
        return { id, name: nameOf(contact), role: 'contact', conversation: conversations.get(id)?.id ?? null }
      })
      const team = store.users.all().flatMap((user): readonly Somebody[] => {
        const person = personBy(store, user.id)
        const isTeam = person?.role === 'agent' || person?.role === 'admin'
        return isTeam ? [{ id: user.id, name: person.name, role: 'agent', conversation: null }] : []
      })
      return [...contacts, ...team]
    },
    voice: (id, conversation) => {
      const person = personBy(store, id)
      if (person === null || person.role === 'bot') return null
      const { name, role } = person
      if (role !== 'guest') return agentOf(stage, { id, name, role }).in(conversation)
      return contactVoice(stage, { id, name }, conversation)
    },
  }
}

const later = (a: Conversation | undefined, b: Conversation): Conversation =>
  a === undefined || String(b['updatedAt']) >= String(a['updatedAt']) ? b : a
