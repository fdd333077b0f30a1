// What example events of a sandbox are made from: people and a conversation that exist there.
import { asText } from '../core/json.ts'
import type { Conversation } from '../protocol/resources.ts'
import type { TemplateContext } from '../protocol/templates/template.ts'
import type { AppContext } from './app-context.ts'
import { nameOf } from './chat/people.ts'
import { addContact, createConversation } from './resources/conversations.ts'
import { adminOf, personAsCaller } from './seed.ts'
import type { Store } from './store.ts'

/** Of the conversation with this id, else of the latest with a contact; of a new one where there is none yet, or with `new`. */
export function templateContext(context: AppContext, api: string, which: string | null = null): TemplateContext {
  const { store, seeded } = context
  const { bot, agent, admin, organization } = seeded
  const conversation =
    (which === 'new' ? undefined : (store.conversations.get(which ?? '') ?? latestOf(store))) ??
    newConversation(context)
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

const latestOf = (store: Store): Conversation | undefined =>
  store.conversations.all().findLast(({ type }) => type === 'contact')

function newConversation(context: AppContext): Conversation {
  const { seeded } = context
  const name = 'Jenny Jones'
  const { id } = addContact(context, adminOf(seeded), { name })
  return createConversation(context, personAsCaller(seeded, id, 'guest'), { contact: id, name })
}
