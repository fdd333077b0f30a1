// Who somebody is: a user, a bot, or a contact, who is a user of the role guest.
import { textIn } from '../../core/json.ts'
import type { Document, Message, Participant } from '../../protocol/resources.ts'
import type { Store } from '../store.ts'
import type { Person } from './membership.ts'

const ROLES: ReadonlySet<string> = new Set(['guest', 'agent', 'bot', 'admin'])
const isRole = (role: string | null): role is Participant['role'] => role !== null && ROLES.has(role)

/** Somebody by their id; `null` for somebody unknown. */
export function personBy(store: Store, user: string): Person | null {
  const known = store.users.get(user)
  const document = known ?? store.contacts.get(user)
  if (document === undefined) return null
  const role = known === undefined ? 'guest' : textIn(known, 'role')
  return {
    user,
    name: nameOf(document),
    role: isRole(role) ? role : 'agent',
    organization: textIn(document, 'organization') ?? '',
  }
}

/** Whether somebody has written a message: in their own name, or in another's. */
export const isBy = ({ user, createdBy }: Message, author: string): boolean => user === author || createdBy === author

/** What somebody is called: their name, or what their profile or their parts of a name say. */
export function nameOf(document: Document): string {
  const profile = document['profile']
  const parts = [document, profile].map((from) =>
    [textIn(from, 'givenName'), textIn(from, 'familyName')].filter((part) => part !== null).join(' '),
  )
  return textIn(document, 'name') ?? textIn(document, 'displayName') ?? parts.find((part) => part !== '') ?? 'Somebody'
}
