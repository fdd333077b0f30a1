// An agent or admin: somebody of the team, who sees everything and may speak in every conversation.
import type { Json } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Caller } from '../access/tokens.ts'
import { newDocument } from '../resources/resource.ts'
import { adminOf, personAsCaller } from '../seed.ts'
import type { Stage } from './stage.ts'
import { createVoice, type Voice } from './voice.ts'

export interface Agent {
  readonly id: string
  readonly name: string
  /** What they do in a conversation, by its id; the same voice each time. */
  in(conversation: string): AgentVoice
}

/** An agent in one conversation. Nothing here waits for anything. */
export interface AgentVoice extends Voice {
  /** Says something to the bot, in the backchannel. */
  mention(text: string): Message
  /** `>help`, for the bot; or `/set`, `/notify` and the other commands of the platform. */
  command(text: string, meta?: Json): Message
  /** Puts the conversation into somebody's inbox, by their user; the bot's by default. */
  assign(user?: string): Message
  join(): Message
  accept(): Message
  leave(): Message
}

/** Somebody new in the team. */
export interface NewAgent {
  readonly name: string
  /** Default `agent`. */
  readonly role?: 'agent' | 'admin'
  /** The address that they log in with. */
  readonly email?: string
}

/** Adds somebody to the team. */
export function createAgent(stage: Stage, { name, role = 'agent', email }: NewAgent): Agent {
  const { context } = stage
  const [givenName = '', ...rest] = name.split(' ')
  const person = { name, displayName: name, givenName, familyName: rest.join(' '), type: 'user', role }
  const { id } = context.store.users.add(
    newDocument(context, adminOf(context.seeded), {
      ...person,
      status: 'active',
      ...(email !== undefined && { email }),
    }),
    context.seeded.admin.id,
  )
  return agentOf(stage, { id, name, role })
}

/** The handle of somebody who is in the team already. */
export function agentOf(
  stage: Stage,
  { id, name, role }: { readonly id: string; readonly name: string; readonly role: 'agent' | 'admin' },
): Agent {
  const caller = personAsCaller(stage.context.seeded, id, role)
  const voices = new Map<string, AgentVoice>()
  return {
    id,
    name,
    in: (conversation) => {
      const voice = voices.get(conversation) ?? voiceOf(stage, caller, name, conversation)
      voices.set(conversation, voice)
      return voice
    },
  }
}

function voiceOf(stage: Stage, caller: Caller, name: string, conversation: string): AgentVoice {
  const { bot } = stage.context.seeded
  const voice = createVoice(stage, { caller, name, conversation, sees: () => true })
  const command = (text: string, meta: Json = {}): Message => voice.post({ type: 'command', text, meta })
  return Object.assign(voice, {
    command,
    mention: (text: string) => {
      const meta = { targetUser: bot.id, targetName: bot.name }
      return voice.post({ type: 'mention', isBackchannel: true, text: `@${bot.name} ${text}`, meta })
    },
    assign: (user: string = bot.id) => command('/assign', { users: [user] }),
    join: () => command('/join'),
    accept: () => command('/accept'),
    leave: () => command('/leave'),
  })
}
