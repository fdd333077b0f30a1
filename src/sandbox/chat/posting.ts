// Posting to a conversation: what a message changes there before it is announced, now or after its delay.
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { adminOf } from '../seed.ts'
import { afterCommand, meantBy } from './chat-commands.ts'
import { type Draft, draftOf } from './draft.ts'
import { afterForm } from './forms.ts'
import { accepted, joined, type Person } from './membership.ts'
import { personBy } from './people.ts'
import { isRouted, reopened } from './routing.ts'

/** Posts bodies in order; none is posted when there is something wrong with one of them. */
export function postAll(
  context: AppContext,
  caller: Caller,
  conversation: Conversation,
  bodies: readonly unknown[],
): readonly Message[] {
  const drafts = bodies.map((body) => {
    const object = asRecord(body)
    if (object === null) throw new ApiError(400, 'a list of JSON objects is required')
    return draftOf(context, caller, conversation, object)
  })
  for (const draft of drafts) send(context, draft)
  return drafts.map(({ message }) => message)
}

/** Posts one message as the caller. */
export function post(context: AppContext, caller: Caller, conversation: Conversation, body: Json): Message {
  const draft = draftOf(context, caller, conversation, body)
  send(context, draft)
  return draft.message
}

function send(context: AppContext, { message, delayMs }: Draft): void {
  if (delayMs === 0) publish(context, message)
  else context.clock.after(delayMs, () => publish(context, message))
}

/** Lets a message take effect, and announces it; what it changes in the conversation is announced before. */
function publish(context: AppContext, message: Message): void {
  const { store, arrival, clock } = context
  const by = asText(message['createdBy'])
  const conversation = store.conversations.get(message.conversation)
  // It may be gone by the time that a delayed message was to be said.
  if (conversation === undefined) return
  const meant = meantBy(message)
  const after = afterForm(store, afterMessage(context, conversation, meant), meant)
  if (after !== conversation) store.conversations.put({ ...after, updatedAt: clock.stamp() }, by)
  store.messages.add(message, by)
  if (isOfContact(message) && conversation.type === 'contact' && isRouted(store, conversation.id, arrival)) {
    route(context, conversation)
  }
}

const isOfContact = ({ role, type }: Message): boolean => role === 'contact' && type !== 'command'

/** The conversation once a message has been said in it. */
function afterMessage(
  { store, arrival, seeded }: AppContext,
  conversation: Conversation,
  message: Message,
): Conversation {
  if (message.type === 'command') return afterCommand(store, conversation, message)
  if (message.role === 'contact') {
    return conversation.type === 'contact' ? reopened(conversation, arrival, botOf(seeded)) : conversation
  }
  const author = personBy(store, message.user)
  if (author === null || author.role === 'guest') return conversation
  const toContact = conversation.type === 'contact' && message.role === 'agent' && unseenByContact(message) === null
  return toContact ? accepted(conversation, author) : joined(conversation, author)
}

/** The bot as a participant. */
export const botOf = ({ bot, organization }: AppContext['seeded']): Person => ({
  user: bot.id,
  name: bot.name,
  role: 'bot',
  organization,
})

/** Does what routing rules do: an admin has made them, and it is in their name that the bot is assigned. */
function route(context: AppContext, conversation: Conversation): void {
  const users = [context.seeded.bot.id]
  const assign = { type: 'command', role: 'agent', text: '/assign', meta: { users } }
  post(context, adminOf(context.seeded), conversation, assign)
}
