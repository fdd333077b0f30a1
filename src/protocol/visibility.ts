// Who sees a message: the contact, or the team alone.
// Source: developers.web1on1.chat/messaging/{chatbubblesandcards,messagingtoconsumers,messagetypes} and /widget/functions.
import type { Message } from './resources.ts'

/** Why a contact does not see a message: what it is for the team alone by. */
export type Unseen = 'role' | 'backchannel' | 'type' | 'widget-call'

// What the team works with. All other types are shown to the contact, as far as their role allows.
const TEAM_ONLY: ReadonlySet<string> = new Set(['command', 'mention', 'tag', 'search', 'results', 'report', 'status'])
// Types in which a contact sees what the form is about, whoever put it there.
const WITHOUT_ROLE: ReadonlySet<string> = new Set(['form', 'field'])

/** Why the contact of the conversation does not see a message; `null` when they do. */
export function unseenByContact({ type, role, isBackchannel, text }: Message): Unseen | null {
  if (isBackchannel) return 'backchannel'
  if (TEAM_ONLY.has(type)) return 'type'
  if (text.startsWith('>cs ')) return 'widget-call'
  return role === 'bot' && !WITHOUT_ROLE.has(type) ? 'role' : null
}
