// Forms that are open in a conversation: what can be filled in, filling it in, and sending it.
import { DevHookError } from '../../core/errors.ts'
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Talker } from './people.ts'

/** A form that is open. */
interface OpenForm {
  readonly id: string
  readonly name: string
  /** The keys of its fields. */
  readonly fields: readonly string[]
  readonly values: Json
}

const recordsIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

const keysOf = (form: Json): readonly string[] =>
  recordsIn(form['fields']).map((field) => textIn(field, 'key') ?? textIn(field, 'name') ?? '')

/** The forms that are open, the latest first. */
function openForms(sandbox: Pick<Sandbox, 'data'>, conversation: string): readonly OpenForm[] {
  const forms = recordsIn(sandbox.data('conversations').get(conversation)?.['forms'])
  return forms
    .map((form) => ({
      id: asText(form['id']) ?? '',
      name: textIn(form, 'name') ?? '',
      fields: keysOf(form),
      values: asRecord(form['values']) ?? {},
    }))
    .reverse()
}

/** The keys of the form that a message opens; none for any other message. */
export function fieldsOpenedBy(sandbox: Pick<Sandbox, 'data'>, { type, text, meta }: Message): readonly string[] {
  if (type !== 'form' || text.startsWith('-')) return []
  const id = asText(meta['form'])
  const name = text.replace(/^\+\s*/, '')
  const forms = sandbox.data('forms')
  const form = id === null ? forms.list({ name })[0] : forms.get(id)
  return form == null ? [] : keysOf(form)
}

/** `brand: Audi` of each form that is open. */
export function describeForms(sandbox: Pick<Sandbox, 'data'>, conversation: string): readonly string[] {
  return openForms(sandbox, conversation).flatMap(({ name, fields, values }) => [
    `${name}:`,
    ...fields.map((key) => `  ${key}: ${asText(values[key]) ?? ''}`),
  ])
}

/** `brand Audi`: fills in the field `brand` of the latest form that has one. Throws `noButton` for a field that is not there. */
export function fillIn(sandbox: Pick<Sandbox, 'data'>, person: Talker, words: string): Message | null {
  const contact = contactOf(person)
  const forms = openForms(sandbox, contact.conversation)
  const isBegun = (key: string): boolean => words === key || words.startsWith(`${key} `)
  for (const { id, fields } of forms) {
    const key = fields.find(isBegun)
    if (key !== undefined) return contact.fill(id, { [key]: words.slice(key.length).trim() })[0] ?? null
  }
  const known = forms.flatMap(({ fields }) => fields)
  const what = known.length === 0 ? 'no form is open' : `the fields are ${known.join(', ')}`
  throw new DevHookError('noButton', `there is no field that \`${words}\` begins with: ${what}`)
}

/** Sends what was filled in of the latest form, as its results. */
export function sendForm(sandbox: Pick<Sandbox, 'data'>, person: Talker): Message {
  const contact = contactOf(person)
  const [form] = openForms(sandbox, contact.conversation)
  if (form === undefined) throw new DevHookError('noButton', 'no form is open')
  const { id, name, values } = form
  return contact.post({ type: 'results', text: name, meta: { form: id }, results: [{ name, values }] })
}

function contactOf(person: Talker): Extract<Talker, { is: 'contact' }>['contact'] {
  if (person.is === 'contact') return person.contact
  throw new DevHookError('usage', `${person.name} is an agent: contacts fill in forms`, {
    remedy: 'speak `/as` a contact',
  })
}
