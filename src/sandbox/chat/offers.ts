// What is offered to somebody in a conversation: buttons and forms, and what pressing one of them says.
import { DevHookError } from '../../core/errors.ts'
import { asRecord, isRecord, type Json, textIn } from '../../core/json.ts'
import { type Button, buttonsOf } from '../../protocol/buttons.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import { isBy } from './people.ts'

/**
 * The buttons of what somebody sees, newest message first. Quick replies go once they have done something; a button that a message
 * of their own carries is one that they have pressed.
 */
export function offeredIn(seen: readonly Message[], user: string): readonly Button[] {
  const own = seen.findLastIndex((message) => isBy(message, user))
  return seen
    .map((message, at) => ({ message, isLatest: at > own }))
    .filter(({ message }) => !isBy(message, user))
    .reverse()
    .flatMap(({ message, isLatest }) => buttonsOf(message).filter(({ type }) => isLatest || type !== 'reply'))
}

/** The button with this text or payload. Throws `noButton` with what is offered when there is none, or nothing happens at a press. */
export function findButton(wanted: string, offered: readonly Button[], name: string): Button {
  const found =
    offered.find(({ text }) => text === wanted) ??
    offered.find(({ payload }) => payload === wanted) ??
    offered.find(({ text }) => sameWords(text, wanted))
  if (found === undefined) {
    const cannot = `${name} cannot press "${wanted}"`
    const choice = offered.filter(({ type }) => type !== 'link').map(({ text }) => text)
    if (choice.length === 0) throw new DevHookError('noButton', `${cannot}: nothing is offered`, { remedy: OFFER })
    throw new DevHookError('noButton', `${cannot}: what is offered is ${listed(choice)}`)
  }
  if (found.type === 'link') {
    throw new DevHookError(
      'noButton',
      `${name} cannot press "${wanted}": it opens ${found.uri ?? 'an address'}, and says nothing`,
      {
        remedy: 'look at the address in `document.actions` of the message',
      },
    )
  }
  return found
}

/** What to do where there is nothing to choose from. */
const OFFER = 'say first what makes the bot offer something; a quick reply goes once something else was said'
export const OPEN_A_FORM = 'let the bot open one, or an agent (`/form <name>` at the prompt)'

const sameWords = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

const listed = (names: readonly string[]): string => [...new Set(names)].map((one) => `"${one}"`).join(', ')

/** What a press says: the button comes back with it. A webview says that it was opened, and how large. */
export function pressOf({ text, type, payload, action }: Button): Json {
  const size = textIn(action, 'size')
  const meta = type === 'webview' && size !== null ? { meta: { size } } : {}
  return { type: 'postback', text: payload ?? text, actions: [action], ...meta }
}

/** The messages that fill in fields of a form that is open in a conversation. Throws `noButton` for a form or field that is not there. */
export function fillingOf(
  conversation: Conversation,
  wanted: string,
  values: Readonly<Record<string, string>>,
  name: string,
): readonly Json[] {
  const open = listIn(conversation['forms'])
  const form = open.find((one) => one['id'] === wanted || one['name'] === wanted)
  if (form === undefined) {
    const cannot = `${name} cannot fill in "${wanted}"`
    if (open.length === 0) throw new DevHookError('noButton', `${cannot}: no form is open`, { remedy: OPEN_A_FORM })
    const names = listed(open.map((one) => textIn(one, 'name') ?? ''))
    throw new DevHookError('noButton', `${cannot}: what is open is ${names}`)
  }
  const keys = listIn(form['fields']).map((field) => textIn(field, 'key') ?? textIn(field, 'name') ?? '')
  const unknown = Object.keys(values).find((key) => keys.length > 0 && !keys.includes(key))
  if (unknown !== undefined) {
    throw new DevHookError('noButton', `${name} cannot fill in "${unknown}" of "${wanted}": it has ${listed(keys)}`)
  }
  const meta = { form: form['id'] }
  return Object.entries(values).map(([key, value]) => ({
    type: 'field',
    text: `.${key} ${value}`,
    meta: { ...meta, key, ...asRecord(form['meta']) },
  }))
}

const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])
