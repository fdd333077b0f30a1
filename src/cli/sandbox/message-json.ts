// What is said in a sandbox, and where, as JSON for whoever looks at it from outside.
import { textIn } from '../../core/json.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { buttonsOf } from '../../protocol/buttons.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import { type Unseen, unseenByContact } from '../../protocol/visibility.ts'
import type { ApiCall } from '../../sandbox/call-log.ts'
import { isBy, nameOf } from '../../sandbox/chat/people.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

type ShownMessage = OutputOf<'conversation'>['messages'][number]
type ShownConversation = OutputOf<'conversation'>['conversation']
type ShownCall = OutputOf<'calls'>['calls'][number]

const WHY_UNSEEN: Readonly<Record<Unseen, string>> = {
  role: "its role is `bot`, which is for the team: send what the contact is to read with `role: 'agent'`",
  backchannel: 'it is in the backchannel, which is for the team',
  type: 'messages of this type are for the team',
  'widget-call': 'it is a call of the widget, which shows nothing',
}

/** A message with who has written it, and who sees it. Texts are as they were said: whoever shows them makes them harmless. */
export function messageJson(sandbox: Sandbox, message: Message): ShownMessage {
  const { id, conversation, type, role, user, text } = message
  const author = sandbox.data('users').get(user) ?? sandbox.data('contacts').get(user)
  const unseen = unseenByContact(message)
  const byBot = isBy(message, sandbox.botId)
  const isContact = sandbox.data('contacts').get(user) !== null
  return {
    id,
    time: timeIn(message, 'createdAt'),
    conversation,
    type,
    role,
    by: byBot ? 'bot' : isContact ? 'contact' : 'agent',
    name: oneLine(author === null ? role : nameOf(author)),
    text,
    unseen,
    why: unseen === null ? null : WHY_UNSEEN[unseen],
    buttons: buttonsOf(message).map((button) => ({ text: button.text, payload: button.payload, type: button.type })),
    deliveries: sandbox.deliveriesOf(id).map((delivery) => delivery.id),
    document: message,
  }
}

/** A conversation as a row of a list. */
export function conversationJson(sandbox: Sandbox, conversation: Conversation): ShownConversation {
  const { id, name, type, status } = conversation
  const contact = sandbox.data('contacts').get(textIn(conversation, 'contact') ?? '')
  const messages = sandbox.messagesOf(id)
  const last = messages.findLast((message) => message.type !== 'command')
  return {
    id,
    name: oneLine(name),
    type,
    status,
    contact: contact && { id: contact.id, name: oneLine(nameOf(contact)) },
    updatedAt: timeIn(conversation, 'updatedAt'),
    messages: messages.length,
    last: last === undefined ? null : { name: messageJson(sandbox, last).name, text: last.text.slice(0, 200) },
  }
}

/** A call of the bot's. */
export const callJson = ({ at, ms, method, path, status, conversation, body, response }: ApiCall): ShownCall => ({
  time: new Date(at).toISOString(),
  ms,
  method,
  path: oneLine(path),
  status,
  conversation,
  body,
  response,
})

const timeIn = (document: Conversation | Message, field: string): string => textIn(document, field) ?? ''
