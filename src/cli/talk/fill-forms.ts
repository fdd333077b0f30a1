// Forms in a conversation: opening one, what can be filled in, filling it in, and sending it.
import { DevHookError } from '../../core/errors.ts'
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { People } from './people.ts'

/** Whoever fills in a form. */
type Filling = Pick<People, 'conversation' | 'voice'>

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

/** The message that opens a form, or with `-` before its name closes it. Throws `noButton` for one that is not there. */
export function formMessage(sandbox: Pick<Sandbox, 'data'>, words: string): Json {
  const [, sign = '', name = ''] = /^([+-]?)\s*(.*)$/s.exec(words) ?? []
  const known = sandbox.data('forms').list()
  const form = known.find((one) => textIn(one, 'name')?.toLowerCase() === name.toLowerCase())
  if (form === undefined) {
    const names = known.map((one) => textIn(one, 'name') ?? one.id)
    const what =
      names.length === 0 ? 'there is none yet: the bot makes one, or a program' : `there is ${names.join(', ')}`
    throw new DevHookError('noButton', `there is no form \`${name}\`: ${what}`)
  }
  return { type: 'form', text: `${sign === '-' ? '-' : '+'}${textIn(form, 'name') ?? ''}`, meta: { form: form.id } }
}

/** `brand Audi`: fills in the field `brand` of the latest form that has one. Throws `noButton` for a field that is not there. */
export function fillIn(sandbox: Pick<Sandbox, 'data'>, people: Filling, words: string): Message {
  const forms = openForms(sandbox, people.conversation)
  const isBegun = (key: string): boolean => words === key || words.startsWith(`${key} `)
  for (const { id, fields } of forms) {
    const key = fields.find(isBegun)
    if (key === undefined) continue
    const text = `.${key} ${words.slice(key.length).trim()}`.trimEnd()
    return people.voice().post({ type: 'field', text, meta: { form: id, key } })
  }
  const known = forms.flatMap(({ fields }) => fields)
  const what = known.length === 0 ? 'no form is open' : `the fields are ${known.join(', ')}`
  throw new DevHookError('noButton', `there is no field that \`${words}\` begins with: ${what}`)
}

/** Sends what was filled in of the latest form, as its results. Throws `noButton` when none is open. */
export function sendForm(sandbox: Pick<Sandbox, 'data'>, people: Filling): Message {
  const [form] = openForms(sandbox, people.conversation)
  if (form === undefined) throw new DevHookError('noButton', 'no form is open')
  const { id, name, values } = form
  return people.voice().post({ type: 'results', text: name, meta: { form: id }, results: [{ name, values }] })
}
