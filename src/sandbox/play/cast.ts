// The people of a script in a sandbox: each conversation gets a new contact, and everybody of the team is in it once.
import { asRecord, isRecord, type Json } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import type { ScriptAct } from '../../protocol/script/script.ts'
import type { Agent, AgentVoice } from '../chat/agent.ts'
import type { Contact } from '../chat/contact.ts'
import { isBy } from '../chat/people.ts'
import type { Sandbox } from '../handle.ts'

/** A conversation that is played. */
export interface PlayedScene {
  /** Everything that was posted in it so far, oldest first. */
  messages(): readonly Message[]
  /** Does it; `null` when the platform does it by itself. Throws `noButton` for what was not offered. */
  act(act: ScriptAct): Message | null
  /** Resolves once the bot has taken a message, or time is over. */
  heard: Contact['heard']
}

export interface Cast {
  /** The conversation with this heading; it begins with these acts. */
  scene(heading: string, acts: readonly ScriptAct[]): Promise<PlayedScene>
  isBots(message: Message): boolean
}

/** Creates a cast of nobody yet. */
export function createCast(sandbox: Pick<Sandbox, 'contact' | 'agent' | 'botId'>): Cast {
  const scenes = new Map<string, Promise<Contact>>()
  const team = new Map<string, Promise<Agent>>()
  const { botId } = sandbox

  function contactOf(heading: string, acts: readonly ScriptAct[]): Promise<Contact> {
    const speaker = acts.find(({ line }) => line.by.is === 'contact')?.line.by
    const name = speaker?.is === 'contact' ? speaker.name : heading
    const contact = scenes.get(heading) ?? sandbox.contact({ name: name === '' ? 'Somebody' : name })
    scenes.set(heading, contact)
    return contact
  }

  function agentOf(name: string): Promise<Agent> {
    const agent = team.get(name) ?? sandbox.agent({ name: name === '' ? 'Somebody' : name })
    team.set(name, agent)
    return agent
  }

  return {
    isBots: (message) => isBy(message, botId),
    scene: async (heading, acts) => {
      const contact = await contactOf(heading, acts)
      const agents = new Map<string, AgentVoice>()
      for (const { line } of acts) {
        if (line.by.is === 'agent') agents.set(line.by.name, (await agentOf(line.by.name)).in(contact.conversation))
      }
      return {
        messages: () => contact.messages,
        heard: contact.heard,
        act: (act) => {
          const { by } = act.line
          const agent = by.is === 'agent' ? agents.get(by.name) : undefined
          return agent === undefined ? actAsContact(contact, act, botId) : actAsAgent(agent, act, botId)
        },
      }
    },
  }
}

function actAsContact(contact: Contact, act: ScriptAct, botId: string): Message | null {
  const { line } = act
  if (line.kind === 'presses') return contact.press(pressedIn(act) ?? line.button)
  return contact.post(bodyOf(act, botId))
}

function actAsAgent(agent: AgentVoice, act: ScriptAct, botId: string): Message | null {
  const { line } = act
  if (line.kind === 'presses') return agent.press(pressedIn(act) ?? line.button)
  if (line.kind === 'command' && /^\/assign\b/.test(line.text)) {
    const meta = metaOf(act, botId)
    // Routing has done it already.
    return isAssigned(agent, botId) ? null : agent.command(line.text, { users: [botId], ...meta })
  }
  return agent.post({ role: 'agent', ...bodyOf(act, botId) })
}

/** The payload of the button, which tells two of the same text apart. */
const pressedIn = ({ message }: ScriptAct): string | null => {
  const text = message?.['text']
  return typeof text === 'string' && text !== '' ? text : null
}

const isAssigned = ({ messages }: AgentVoice, botId: string): boolean =>
  messages.some(({ text, meta }) => {
    const users = meta['users']
    return text.startsWith('/assign') && Array.isArray(users) && users.includes(botId)
  })

/** What is posted again of a recorded message; all else is the platform's to fill in. */
const KEPT = ['type', 'text', 'role', 'contentType', 'isBackchannel'] as const

function bodyOf(act: ScriptAct, botId: string): Json {
  const { line, message } = act
  if (message !== null) {
    const kept = KEPT.flatMap((field) => (message[field] === undefined ? [] : [[field, message[field]] as const]))
    return { ...Object.fromEntries(kept), meta: metaOf(act, botId) }
  }
  switch (line.kind) {
    case 'command':
      return { type: 'command', text: line.text }
    case 'fills':
      return { type: 'field', text: `.${line.field} ${line.value}` }
    case 'opens':
    case 'closes':
      return { type: 'form', text: `${line.kind === 'opens' ? '+' : '-'}${line.form}` }
    case 'presses':
      return { type: 'postback', text: line.button }
    case 'says':
      return saidBody(line, botId)
    default:
      return line satisfies never
  }
}

const TYPES: ReadonlySet<string> = new Set(['mention', 'tag', 'search', 'results', 'report', 'status'])

function saidBody({ text, contentType, unseen }: Extract<ScriptAct['line'], { kind: 'says' }>, botId: string): Json {
  const type = unseen.find((reason) => TYPES.has(reason)) ?? 'chat'
  return {
    type,
    text,
    contentType,
    ...(unseen.includes('role bot') && { role: 'bot' }),
    isBackchannel: unseen.includes('backchannel'),
    meta: type === 'mention' ? { targetUser: botId } : {},
  }
}

/** The recorded `meta`, in which the bot has its new id. */
function metaOf({ message, botId: recorded }: ScriptAct, botId: string): Json {
  return asRecord(renamed(message?.['meta'], recorded, botId)) ?? {}
}

function renamed(value: unknown, from: string | null, to: string): unknown {
  if (value === from) return to
  if (Array.isArray(value)) return value.map((item) => renamed(item, from, to))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renamed(member, from, to)]))
}
