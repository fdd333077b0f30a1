// The buttons of a message, wherever they sit in it.
// Source: developers.web1on1.chat/messaging/{chatbubblesandcards,messagetypes}; chipchat docs/conversation.md.
import { isRecord, type Json, textIn } from '../core/json.ts'
import type { Message } from './resources.ts'

/**
 * A button of a message. `reply`: a quick reply, which goes once something is said; `postback`: stays; `link` and `webview` open an
 * address, and a webview tells the bot of it.
 */
export interface Button {
  readonly text: string
  /** `reply`, `postback`, `link`, `webview`, or whatever the bot has written. */
  readonly type: string
  /** What the bot gets for a press; `null` when it has none. */
  readonly payload: string | null
  /** The address that a link or webview opens. */
  readonly uri: string | null
  /** The action as the message has it, which comes back with a press. */
  readonly action: Json
}

/** The buttons below a message, then those of its items, in the order in which they are shown. */
export function buttonsOf(message: Message): readonly Button[] {
  const items = listOf(message['items'])
  return [...listOf(message['actions']), ...items.flatMap((item) => listOf(item['actions']))].map(asButton)
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

function asButton(action: Json): Button {
  const payload = textIn(action, 'payload')
  return {
    text: textIn(action, 'text') ?? payload ?? '',
    type: textIn(action, 'type') ?? 'postback',
    payload,
    uri: textIn(action, 'uri') ?? textIn(action, 'url'),
    action,
  }
}
