// The people who can speak at the prompt, in which conversation, and who of them does.
import type { Agent } from '../../sandbox/chat/agent.ts'
import type { Contact } from '../../sandbox/chat/contact.ts'
import type { Voice } from '../../sandbox/chat/voice.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** Somebody who can speak: a contact in their own conversation, an agent in any. */
export type Talker =
  | { readonly is: 'contact'; readonly name: string; readonly contact: Contact }
  | { readonly is: 'agent'; readonly name: string; readonly agent: Agent }

export interface People {
  /** Who speaks now. */
  readonly speaker: Talker
  /** The conversation in which they do. */
  readonly conversation: string
  readonly all: readonly Talker[]
  /** The one who speaks, in the conversation. */
  voice(): Voice
  /** The agent who speaks, else the first one. */
  agent(): Agent
  /** Somebody by their name, or its beginning; `null` for nobody that is known. */
  find(name: string): Talker | null
  /** Lets somebody speak; a contact in their own conversation. */
  speakAs(person: Talker): void
  /** Adds a contact, in a new conversation; without a name, one that nobody has yet. */
  addContact(name?: string): Promise<Talker>
  addAgent(name: string): Promise<Talker>
}

/** The contact who is there from the start. */
export const JENNY = { name: 'Jenny', email: 'jenny@sandbox.example' }

/** What those are called who come without a name. */
const NAMES = ['Kim', 'Lee', 'Max', 'Nina', 'Omar', 'Pia', 'Quinn', 'Rosa']

/** Gathers the people of a sandbox: Jenny, who speaks, and the agent who is there from the start. */
export async function gatherPeople(sandbox: Pick<Sandbox, 'contact' | 'agent'>): Promise<People> {
  const contact = await sandbox.contact(JENNY)
  const first = await sandbox.agent()
  const all: Talker[] = [
    { is: 'contact', name: contact.name, contact },
    { is: 'agent', name: first.name, agent: first },
  ]
  let speaker: Talker = { is: 'contact', name: contact.name, contact }
  let conversation = contact.conversation

  const find = (name: string): Talker | null => {
    const wanted = name.toLowerCase()
    const called = (fits: (known: string) => boolean): Talker | undefined =>
      all.find((person) => fits(person.name.toLowerCase()))
    return called((known) => known === wanted) ?? called((known) => known.startsWith(wanted)) ?? null
  }

  const add = (person: Talker): Talker => {
    all.push(person)
    return person
  }

  const nextName = (): string => NAMES.find((name) => find(name) === null) ?? `Contact ${all.length}`

  return {
    get speaker() {
      return speaker
    },
    get conversation() {
      return conversation
    },
    all,
    voice: () => (speaker.is === 'contact' ? speaker.contact : speaker.agent.in(conversation)),
    agent: () => (speaker.is === 'agent' ? speaker.agent : first),
    find,
    speakAs: (person) => {
      speaker = person
      if (person.is === 'contact') conversation = person.contact.conversation
    },
    addContact: async (name = nextName()) => add({ is: 'contact', name, contact: await sandbox.contact({ name }) }),
    addAgent: async (name) => add({ is: 'agent', name, agent: await sandbox.agent({ name }) }),
  }
}
