// The platform's routing: what becomes of a conversation when its contact writes and nobody has accepted it.
// Source: chipchat docs/conversation.md, "Notifying channels and assigning users".
import type { Conversation } from '../../protocol/resources.ts'
import type { Store } from '../store.ts'
import { accepted, isAccepted, isAssigned, type Person, queued } from './membership.ts'

/**
 * How the bot comes into conversations of contacts: `assigned` by routing rules, with `/assign`; `joined`, so that it has accepted
 * each one from the start; `absent`, so that it only hears what is said.
 */
export const ARRIVALS = ['assigned', 'joined', 'absent'] as const
export type Arrival = (typeof ARRIVALS)[number]

/** A conversation as it begins. */
export const begun = (conversation: Conversation, arrival: Arrival, bot: Person): Conversation =>
  arrival === 'joined' ? accepted(conversation, bot) : queued(conversation)

/** Brings a conversation back that its contact writes into: it waits, or the bot that joins everything has it again. */
export function reopened(conversation: Conversation, arrival: Arrival, bot: Person): Conversation {
  if (isAccepted(conversation)) return conversation
  return begun(conversation, arrival, bot)
}

/** Whether routing assigns a conversation of this store to the bot, after its contact has written. */
export function isRouted(store: Store, id: string, arrival: Arrival): boolean {
  const conversation = store.conversations.get(id)
  return arrival === 'assigned' && conversation !== undefined && !isAccepted(conversation) && !isAssigned(conversation)
}
