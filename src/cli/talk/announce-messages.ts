// What is said in the sandbox, as notices: who said it, where, and by which numbers its buttons are pressed.
import { textIn } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'
import type { Emit, ShownMessage } from '../../core/notices.ts'
import type { Document, Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import { nameOf } from '../../sandbox/chat/people.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { fieldsOpenedBy } from './fill-forms.ts'
import { createNumberedButtons, type NumberedButton, type NumberedButtons } from './numbered-buttons.ts'
import type { People } from './people.ts'
import { shownMessage } from './shown-message.ts'

export interface MessageAnnouncer {
  /** What is pressed by a number in the conversation in which somebody speaks now; `null` for nothing. */
  buttonAt(number: number): NumberedButton | null
  readonly off: Off
}

/** Announces every message from now on. `isNumbered`: buttons can be pressed by numbers. `heard`: of each, once it is announced. */
export function announceMessages(options: {
  readonly sandbox: Pick<Sandbox, 'on' | 'data' | 'botId'>
  readonly people: Pick<People, 'conversation'>
  readonly emit: Emit
  readonly isNumbered: boolean
  readonly heard: (message: ShownMessage) => void
}): MessageAnnouncer {
  const { sandbox, people, emit, isNumbered, heard } = options
  const byConversation = new Map<string, NumberedButtons>()

  function numbersOf(conversation: string): NumberedButtons {
    const numbers = byConversation.get(conversation) ?? createNumberedButtons()
    byConversation.set(conversation, numbers)
    return numbers
  }

  const documentOf = (user: string): Document | null =>
    sandbox.data('users').get(user) ?? sandbox.data('contacts').get(user)

  /** What is given to the bot is what routing does, and needs no words. */
  function assignedBy({ type, text, meta }: Message): readonly string[] {
    const users = type === 'command' && text.startsWith('/assign') && Array.isArray(meta['users']) ? meta['users'] : []
    const others = users.filter((user) => typeof user === 'string' && user !== sandbox.botId)
    return others.map((user) => documentOf(user)).flatMap((user) => (user === null ? [] : [nameOf(user)]))
  }

  function shown(message: Message, byBot: boolean): ShownMessage {
    const { conversation, role, user } = message
    const numbers = numbersOf(conversation)
    const isSeen = unseenByContact(message) === null
    if (!byBot && message.type !== 'command') numbers.acted()
    const author = documentOf(user)
    const place = sandbox.data('conversations').get(conversation)
    return shownMessage(message, {
      hasContact: place?.['type'] === 'contact',
      role: byBot ? 'bot' : role === 'contact' ? 'contact' : 'agent',
      name: byBot ? 'bot' : author === null ? role : nameOf(author),
      elsewhere: conversation === people.conversation ? null : (textIn(place, 'name') ?? conversation),
      to: assignedBy(message),
      fields: fieldsOpenedBy(sandbox, message),
      numberOf: (button) => (isNumbered && byBot ? numbers.add({ button, isSeen }) : null),
    })
  }

  const off = sandbox.on((notice) => {
    if (notice.type !== 'message') return
    const message = shown(notice.message, notice.byBot)
    emit({ type: 'message', ...message })
    heard(message)
  })
  return { buttonAt: (number) => numbersOf(people.conversation).get(number), off }
}
