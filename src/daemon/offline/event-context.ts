// What example events are made from where there is no emulated platform: the bot that is known, and people who are made up.

import { type Json, textIn } from '../../core/json.ts'
import { newId } from '../../protocol/ids.ts'
import type { TemplateContext } from '../../protocol/templates/template.ts'
import { contactIn } from './recorded-conversation.ts'

/** What is known; `null` where it is not. */
interface Known {
  readonly apiHost: string
  readonly botId: string | null
  readonly organization: string | null
}

/** Creates what gives the context of each event: the same people in the same conversation every time, at the time that it is then. */
export function createEventContext(known: Known): (conversation: Json | null) => TemplateContext {
  const made = {
    organization: newId(),
    bot: newId(),
    agent: newId(),
    admin: newId(),
    contact: newId(),
    conversation: newId(),
  }
  return (conversation) => {
    const contact = conversation === null ? null : contactIn(conversation)
    const organization = textIn(conversation, 'organization') ?? known.organization ?? made.organization
    return {
      api: known.apiHost,
      time: new Date(),
      organization: { id: organization, name: 'Example Dealers' },
      bot: { id: known.botId ?? made.bot, name: 'Echo' },
      agent: { id: made.agent, name: 'Alex Agent' },
      admin: { id: made.admin, name: 'Sam Admin' },
      contact: { id: contact?.id ?? made.contact, name: contact?.name ?? 'Jenny Jones' },
      conversation: textIn(conversation, 'id') ?? made.conversation,
      ...(conversation !== null && { documents: { conversation } }),
    }
  }
}
