// A message of the platform as whoever reads along sees it.
import { asText, isRecord, type Json, textIn } from '../../core/json.ts'
import type { ShownButton, ShownItem, ShownMessage } from '../../core/notices.ts'
import { htmlLines } from '../../core/text/html-lines.ts'
import { type Button, buttonsOf } from '../../protocol/buttons.ts'
import type { Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'

/** What a message does not say of itself. */
export interface MessageContext {
  /** Who it is of. */
  readonly role: ShownMessage['role']
  readonly name: string
  /** The name of its conversation, where that is not the one in which the person at the terminal speaks. */
  readonly elsewhere: string | null
  /** Whether its conversation has a contact, who may see it or not. */
  readonly hasContact: boolean
  /** The names of those besides the bot to whom it gives the conversation. */
  readonly to: readonly string[]
  /** What can be filled in of the form that it opens. */
  readonly fields: readonly string[]
  /** The number by which a button is pressed; `null` where nobody can press one. */
  readonly numberOf: (button: Button) => number | null
}

/** The message as it is shown. */
export function shownMessage(message: Message, surroundings: MessageContext): ShownMessage {
  const { role, name, elsewhere, hasContact, to, fields, numberOf } = surroundings
  const { id, conversation, type, text, meta } = message
  const contentType = asText(message['contentType']) ?? PLAIN
  const lines = linesOf(text, contentType)
  const title = textIn(meta, 'title')
  const quote = quoteIn(meta)
  const shown = (button: Button): ShownButton => shownButton(button, numberOf(button))
  const buttons = buttonsOf({ ...message, items: [] }).map(shown)
  const items = recordsIn(message['items']).map((item) => shownItem(item, message, shown))
  const unseen = hasContact ? unseenByContact(message) : null
  return {
    role,
    name,
    text,
    ...(unseen !== null && { unseen }),
    id,
    conversation,
    ...(elsewhere !== null && { elsewhere }),
    kind: type,
    ...(contentType !== PLAIN && { contentType }),
    ...(lines !== null && { lines }),
    ...(title !== null && { title }),
    ...(quote !== null && { quote }),
    ...(buttons.length > 0 && { buttons }),
    ...(items.length > 0 && { items }),
    ...(to.length > 0 && { to }),
    ...(fields.length > 0 && { fields }),
  }
}

const PLAIN = 'text/plain'

const recordsIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/** The lines of a text that is more than its own one line; `null` for one that is just that. */
function linesOf(text: string, contentType: string): readonly string[] | null {
  if (/^text\/html\b/i.test(contentType)) return htmlLines(text)
  return text.includes('\n') ? text.split(/\r?\n/) : null
}

/** The message that is answered, or its text. */
function quoteIn(meta: Json): string | null {
  const quoted = meta['quotedMessage']
  return asText(quoted) ?? textIn(quoted, 'text')
}

function shownItem(item: Json, message: Message, shown: (button: Button) => ShownButton): ShownItem {
  const description = textIn(item, 'description')
  const picture = textIn(item, 'mediaUrl')
  return {
    title: textIn(item, 'title') ?? '',
    ...(description !== null && { description }),
    ...(picture !== null && { picture }),
    buttons: buttonsOf({ ...message, actions: item['actions'], items: [] }).map(shown),
  }
}

const shownButton = ({ text, payload, uri }: Button, number: number | null): ShownButton => ({
  ...(number !== null && { number }),
  text,
  ...(payload !== null && { payload }),
  ...(uri !== null && { uri }),
})
