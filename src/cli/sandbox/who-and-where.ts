// Who is meant by a name in a sandbox, and which conversation by an id.
import { DevHookError } from '../../core/errors.ts'
import { textIn } from '../../core/json.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Conversation } from '../../protocol/resources.ts'
import type { Somebody } from '../../sandbox/chat/everybody.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** How many are named of those who are there. */
const MAX_NAMED = 20

/**
 * Somebody by their name or its beginning, whatever the case, or by their id; without a name, the first contact, or the first of a
 * role. Throws `usage`, which says who is there.
 */
export function findSomebody(
  { everybody }: Pick<Sandbox, 'everybody'>,
  name: string | null,
  role?: Somebody['role'],
): Somebody {
  const all = everybody.list().filter((person) => role === undefined || person.role === role)
  if (name === null) {
    const [first] = role === undefined ? all.filter((person) => person.role === 'contact') : all
    if (first !== undefined) return first
    throw new DevHookError('usage', `there is no ${role ?? 'contact'} in the sandbox yet`, {
      remedy: 'ask again in a moment',
    })
  }
  const found = somebodyCalled(all, name)
  if (found !== null) return found
  const names = all.slice(0, MAX_NAMED).map((person) => `${oneLine(person.name)} (${person.role})`)
  const more = all.length > MAX_NAMED ? `, and ${all.length - MAX_NAMED} more` : ''
  const there =
    names.length === 0 ? 'nobody is there' : `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}${more}`
  throw new DevHookError('usage', `nobody is called \`${oneLine(name)}\`: ${there}`, {
    remedy: 'give one of these names, or the beginning of one',
  })
}

/** Somebody of these by their name or its beginning, whatever the case, or by their id; `null` for nobody. */
export function somebodyCalled(all: readonly Somebody[], name: string): Somebody | null {
  const wanted = name.trim().toLowerCase()
  const called = (fits: (known: string) => boolean): Somebody | undefined =>
    all.find((person) => fits(person.name.toLowerCase()))
  return (
    all.find(({ id }) => id === name) ??
    called((known) => known === wanted) ??
    called((known) => known.startsWith(wanted)) ??
    null
  )
}

/** The conversations, the one in which something happened last first. */
export function latestConversations({ data }: Pick<Sandbox, 'data'>): readonly Conversation[] {
  const updated = (conversation: Conversation): string => textIn(conversation, 'updatedAt') ?? ''
  return data('conversations')
    .list()
    .filter(isConversation)
    .reverse()
    .sort((a, b) => updated(b).localeCompare(updated(a)))
}

/** A conversation by its id, or the beginning or the end of it; without one, the latest. Throws `usage` for one that is not there. */
export function findConversation(sandbox: Pick<Sandbox, 'data'>, id: string | null): Conversation {
  const all = latestConversations(sandbox)
  const [latest] = all
  const found =
    id === null
      ? latest
      : (all.find((one) => one.id === id) ?? all.find((one) => one.id.startsWith(id) || one.id.endsWith(id)))
  if (found !== undefined) return found
  if (id === null) throw new DevHookError('usage', 'there is no conversation in the sandbox yet')
  throw new DevHookError('usage', `there is no conversation ${oneLine(id)} in the sandbox`)
}

/** Every document of this resource is one. */
const isConversation = (document: { readonly id: string }): document is Conversation => 'participants' in document
