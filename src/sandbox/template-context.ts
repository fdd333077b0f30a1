// What example events of a sandbox are made from: people and a conversation that exist there.
import { asText } from '../core/json.ts'
import type { Conversation } from '../protocol/resources.ts'
import type { TemplateContext } from '../protocol/templates/template.ts'
import type { AppContext } from './app-context.ts'
import { nameOf } from './chat/people.ts'
import { addContact, createConversation } from './resources/conversations.ts'
import { adminOf } from './seed.ts'

/** The latest conversation with a contact, or a new one: where there is none yet, or with `new`. */
export function templateContext(context: AppContext, api: string, which?: 'new'): TemplateContext {
  const { store, seeded } = context
  const { bot, agent, admin, organization } = seeded
  const latest = which === 'new' ? undefined : store.conversations.all().findLast(({ type }) => type === 'contact')
  const conversation = latest ?? newConversation(context)
  const contactId = asText(conversation['contact']) ?? ''
  const contact = store.contacts.get(contactId)
  return {
    api,
    time: new Date(context.clock.now()),
    organization: { id: organization, name: nameOf(store.organizations.get(organization) ?? { id: organization }) },
    bot,
    agent,
    admin,
    contact: { id: contactId, name: contact === undefined ? conversation.name : nameOf(contact) },
    conversation: conversation.id,
    documents: { conversation, ...(contact !== undefined && { contact }) },
  }
}

function newConversation(context: AppContext): Conversation {
  const { organization } = context.seeded
  const name = 'Jenny Jones'
  const { id } = addContact(context, adminOf(context.seeded), { name })
  return createConversation(context, { user: id, organization, scopes: ['guest'] }, { contact: id, name })
}
