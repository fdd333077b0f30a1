// Who takes part in a conversation and how, and the status that follows from it: every transition, pure.
// Source: chipchat docs/conversation.md; developers.chatshipper.com/docs/{messaging-commands,messaging-outbound}.
import type { Conversation, Participant } from '../../protocol/resources.ts'

/** Somebody before they take part. */
export type Person = Pick<Participant, 'user' | 'name' | 'role' | 'organization'>

type Part = Pick<Participant, 'active' | 'accepted' | 'inbox'>

const NO_PART: Part = { active: false, accepted: false, inbox: false }

function withPart(conversation: Conversation, person: Person, part: Partial<Part>): Conversation {
  const { participants } = conversation
  const known = participants.find(({ user }) => user === person.user)
  const next: Participant = { ...NO_PART, ...person, ...known, ...part }
  if (known !== undefined && isSamePart(known, next)) return conversation
  return {
    ...conversation,
    participants: known ? participants.map((other) => (other === known ? next : other)) : [...participants, next],
  }
}

const isSamePart = (a: Part, b: Part): boolean =>
  a.active === b.active && a.accepted === b.accepted && a.inbox === b.inbox

const withStatus = (conversation: Conversation, status: string): Conversation =>
  conversation.status === status ? conversation : { ...conversation, status }

/** Whether somebody answers the contact. */
export const isAccepted = ({ participants }: Conversation): boolean => participants.some(({ accepted }) => accepted)

/** Whether it lies in somebody's inbox. */
export const isAssigned = ({ participants }: Conversation): boolean => participants.some(({ inbox }) => inbox)

/** They have opened it, by `/join` or by saying something. */
export const joined = (conversation: Conversation, person: Person): Conversation =>
  withPart(conversation, person, { active: true })

/** They answer the contact from now on, by `/accept` or by saying something to the contact. */
export const accepted = (conversation: Conversation, person: Person): Conversation =>
  withStatus(withPart(conversation, person, { active: true, accepted: true, inbox: false }), 'active')

/** It lies in their inbox until they accept it. */
export const assigned = (conversation: Conversation, person: Person): Conversation =>
  withPart(conversation, person, { inbox: true })

/** They have nothing to do with it any more; when nobody is left who answers the contact, it is closed. */
export function left(conversation: Conversation, user: string): Conversation {
  const known = conversation.participants.find((participant) => participant.user === user)
  const after = known === undefined ? conversation : withPart(conversation, known, NO_PART)
  return isAccepted(after) ? after : withStatus(after, 'closed')
}

/** It waits for somebody, unless somebody has accepted it. */
export const queued = (conversation: Conversation): Conversation =>
  isAccepted(conversation) ? conversation : withStatus(conversation, 'queued')
