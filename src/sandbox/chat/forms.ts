// Forms in a conversation: added, filled in field by field, removed, and the results that were sent.
// Source: chipchat docs/conversation.md and examples; developers.web1on1.chat/messaging/formsfieldseandresults. How the platform holds
// the values is inferred.
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import type { Store } from '../store.ts'

/** The conversation after a message about a form; the same object when it changes nothing. */
export function afterForm(store: Store, conversation: Conversation, message: Message): Conversation {
  switch (message.type) {
    case 'form':
      return withForm(store, conversation, message)
    case 'field':
      return withField(conversation, message)
    case 'results':
      return { ...conversation, results: [...listIn(conversation, 'results'), message.id] }
    default:
      return conversation
  }
}

const listIn = (conversation: Conversation, field: 'forms' | 'results'): readonly unknown[] => {
  const list = conversation[field]
  return Array.isArray(list) ? list : []
}

/** The forms that are open in a conversation. */
const formsIn = (conversation: Conversation): readonly Json[] => listIn(conversation, 'forms').filter(isRecord)

const knownForm = (store: Store, id: string | null, name: string): Json | undefined =>
  id === null ? store.forms.all().find((form) => textIn(form, 'name') === name) : store.forms.get(id)

/** The name of the form that a message opens although there is none such; `null` for any other message. */
export function missingForm(store: Store, { type, text, meta }: Message): string | null {
  const name = type === 'form' ? /^\+\s*(.*)$/s.exec(text)?.[1] : undefined
  return name === undefined || knownForm(store, asText(meta['form']), name) !== undefined ? null : name
}

/** `+NAME` adds a form, `-NAME` takes it away; `meta.form` names it by its id. */
function withForm(store: Store, conversation: Conversation, { text, meta }: Message): Conversation {
  const [, sign, name = ''] = /^([+-])\s*(.*)$/s.exec(text) ?? []
  const id = asText(meta['form'])
  const isIt = (form: Json): boolean => (id === null ? textIn(form, 'name') === name : form['id'] === id)
  const open = formsIn(conversation)
  if (sign === '-') return { ...conversation, forms: open.filter((form) => !isIt(form)) }
  if (sign === undefined || open.some(isIt)) return conversation
  const known = knownForm(store, id, name)
  return known === undefined ? conversation : { ...conversation, forms: [...open, { ...known, values: {} }] }
}

/** `.key value` fills in a field of the form that `meta.form` names, else of the one that was added last. */
function withField(conversation: Conversation, { text, meta }: Message): Conversation {
  const [, key = asText(meta['key']), value = ''] = /^\.(\S+)\s*(.*)$/s.exec(text) ?? []
  const open = formsIn(conversation)
  const id = asText(meta['form'])
  const filled = id === null ? open.at(-1) : open.find((form) => form['id'] === id)
  if (key === null || filled === undefined) return conversation
  const next = { ...filled, values: { ...asRecord(filled['values']), [key]: value } }
  return { ...conversation, forms: open.map((form) => (form === filled ? next : form)) }
}
