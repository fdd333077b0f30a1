// Forms in a conversation: opening one, what can be filled in, filling it in, and sending it.
import { DevHookError } from '../../core/errors.ts'
import { asText, type Json, textIn } from '../../core/json.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { fieldMessage, fieldsOf, findForm, noFormOpen, openForms, resultsMessage } from '../sandbox/open-forms.ts'
import type { People } from './people.ts'

/** Whoever fills in a form. */
type Filling = Pick<People, 'conversation' | 'voice'>

/** The keys of the form that a message opens; none for any other message. */
export function fieldsOpenedBy(sandbox: Pick<Sandbox, 'data'>, { type, text, meta }: Message): readonly string[] {
  if (type !== 'form' || text.startsWith('-')) return []
  const id = asText(meta['form'])
  const name = text.replace(/^\+\s*/, '')
  const forms = sandbox.data('forms')
  const form = id === null ? forms.list({ name })[0] : forms.get(id)
  return form == null ? [] : fieldsOf(form).map(({ key }) => key)
}

/** `brand: Audi` of each form that is open. */
export function describeForms(sandbox: Pick<Sandbox, 'data'>, conversation: string): readonly string[] {
  return openForms(sandbox, conversation).flatMap(({ name, fields, values }) => [
    `${name}:`,
    ...fields.map(({ key }) => `  ${key}: ${asText(values[key]) ?? ''}`),
  ])
}

/** The message that opens a form, or with `-` before its name closes it. Throws `noButton` for one that is not there. */
export function formMessage(sandbox: Pick<Sandbox, 'data'>, words: string): Json {
  const [, sign = '', name = ''] = /^([+-]?)\s*(.*)$/s.exec(words) ?? []
  const known = sandbox.data('forms').list()
  const form = known.find((one) => textIn(one, 'name')?.toLowerCase() === name.toLowerCase())
  if (form === undefined) {
    const isFirst = known.length === 0
    const what = isFirst
      ? ', nor any other'
      : `: there is ${known.map((one) => textIn(one, 'name') ?? one.id).join(', ')}`
    throw new DevHookError('noButton', `there is no form \`${name}\`${what}`, {
      ...(isFirst && { remedy: MAKE_ONE }),
    })
  }
  return { type: 'form', text: `${sign === '-' ? '-' : '+'}${textIn(form, 'name') ?? ''}`, meta: { form: form.id } }
}

const MAKE_ONE =
  'start the sandbox with `--scope admin`, and let the bot make one: `POST /v2/forms` with `name` and `fields`'

/** `brand Audi`: fills in the field `brand` of the latest form that has one. Throws `noButton` for a field that is not there. */
export function fillIn(sandbox: Pick<Sandbox, 'data'>, people: Filling, words: string): Message {
  const forms = openForms(sandbox, people.conversation)
  const isBegun = (key: string): boolean => words === key || words.startsWith(`${key} `)
  for (const form of forms) {
    const field = form.fields.find(({ key }) => isBegun(key))
    if (field === undefined) continue
    return people.voice().post(fieldMessage(form, field.key, words.slice(field.key.length).trim()))
  }
  const known = forms.flatMap(({ fields }) => fields.map(({ key }) => key))
  if (forms.length === 0) throw noFormOpen()
  throw new DevHookError(
    'noButton',
    `there is no field that \`${words}\` begins with: the fields are ${known.join(', ')}`,
  )
}

/** Sends what was filled in of the latest form, as its results. Throws `noButton` when none is open. */
export const sendForm = (sandbox: Pick<Sandbox, 'data'>, people: Filling): Message =>
  people.voice().post(resultsMessage(findForm(openForms(sandbox, people.conversation), null)))
