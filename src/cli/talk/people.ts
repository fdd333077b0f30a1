// Who speaks at the prompt, and in which conversation.
import { DevHookError } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Somebody } from '../../sandbox/chat/everybody.ts'
import type { Voice } from '../../sandbox/chat/voice.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { findSomebody } from '../sandbox/who-and-where.ts'

export interface People {
  /** Who speaks now. */
  readonly speaker: Somebody
  /** The conversation in which they do. */
  readonly conversation: string
  /** The one who speaks, in the conversation. */
  voice(): Voice
  /** The agent who speaks, else the first one, in the conversation. */
  agentVoice(): Voice
  /** Lets somebody speak; a contact in their own conversation. Throws `usage` for one who has none. */
  speakAs(person: Somebody): void
  /** Adds a contact, in a new conversation; without a name, one that nobody has yet. */
  addContact(name?: string): Promise<Somebody>
  addAgent(name: string): Promise<Somebody>
  /** Starts over, with Jenny. */
  startOver(): void
}

/** The contact who is there from the start. */
export const JENNY = { name: 'Jenny', email: 'jenny@sandbox.example' }

/** What those are called who come without a name. */
const NAMES = ['Kim', 'Lee', 'Max', 'Nina', 'Omar', 'Pia', 'Quinn', 'Rosa']

const WHO = '`/as` lists who is there'

/** Gathers the people of a sandbox: Jenny comes, and speaks. */
export async function gatherPeople(sandbox: Pick<Sandbox, 'contact' | 'agent' | 'everybody'>): Promise<People> {
  const add = async (name: string, email?: string): Promise<Somebody & { readonly conversation: string }> => {
    const { id, conversation } = await sandbox.contact({ name, ...(email !== undefined && { email }) })
    return { id, name, role: 'contact', conversation }
  }
  const first = await add(JENNY.name, JENNY.email)
  let speaker = first

  function voiceOf({ id, name }: Somebody): Voice {
    const voice = sandbox.everybody.voice(id, speaker.conversation)
    if (voice === null) throw new DevHookError('usage', `${oneLine(name)} is no longer here`, { remedy: WHO })
    return voice
  }

  function nextName(): string {
    const taken = new Set(sandbox.everybody.list().map(({ name }) => name))
    return NAMES.find((name) => !taken.has(name)) ?? `Contact ${taken.size + 1}`
  }

  return {
    get speaker() {
      return speaker
    },
    get conversation() {
      return speaker.conversation
    },
    voice: () => voiceOf(speaker),
    agentVoice: () => voiceOf(speaker.role === 'agent' ? speaker : findSomebody(sandbox, null, 'agent')),
    speakAs: (person) => {
      // The team is in every conversation: they speak in the one that was on.
      const conversation = person.role === 'agent' ? speaker.conversation : person.conversation
      if (conversation === null)
        throw new DevHookError('usage', `${oneLine(person.name)} has no conversation`, { remedy: WHO })
      speaker = { ...person, conversation }
    },
    addContact: (name = nextName()) => add(name),
    addAgent: async (name) => ({ id: (await sandbox.agent({ name })).id, name, role: 'agent', conversation: null }),
    startOver: () => {
      speaker = first
    },
  }
}
