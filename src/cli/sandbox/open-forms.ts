// The forms that are open in a conversation of a sandbox, and the messages that fill them in and send them.
import { DevHookError } from '../../core/errors.ts'
import { asRecord, asText, isRecord, type Json, textIn } from '../../core/json.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { OPEN_A_FORM } from '../../sandbox/chat/offers.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** A form that is open. */
export interface OpenForm {
  readonly id: string
  readonly name: string
  readonly fields: readonly FormField[]
  /** What is filled in, by the keys of the fields. */
  readonly values: Json
}

interface FormField {
  readonly key: string
  readonly name: string
  readonly type: string | null
  /** What can be chosen; empty where anything can be written. */
  readonly options: readonly string[]
}

const recordsIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/** The fields of a form as it is stored. */
export const fieldsOf = (form: Json): readonly FormField[] =>
  recordsIn(form['fields']).map((field) => {
    const key = textIn(field, 'key') ?? textIn(field, 'name') ?? ''
    return { key, name: textIn(field, 'name') ?? key, type: textIn(field, 'type'), options: optionsOf(field) }
  })

function optionsOf(field: Json): readonly string[] {
  const given = field['options'] ?? field['values']
  if (!Array.isArray(given)) return []
  return given.flatMap((one) => asText(one) ?? textIn(one, 'value') ?? textIn(one, 'text') ?? [])
}

/** The forms that are open in a conversation, the latest first. */
export function openForms(sandbox: Pick<Sandbox, 'data'>, conversation: string): readonly OpenForm[] {
  const forms = recordsIn(sandbox.data('conversations').get(conversation)?.['forms'])
  return forms
    .map((form) => ({
      id: asText(form['id']) ?? '',
      name: textIn(form, 'name') ?? '',
      fields: fieldsOf(form),
      values: asRecord(form['values']) ?? {},
    }))
    .reverse()
}

/** The form of this id or name; without one, the latest. Throws `noButton` for one that is not open. */
export function findForm(forms: readonly OpenForm[], wanted: string | null): OpenForm {
  const [latest] = forms
  const found = wanted === null ? latest : forms.find(({ id, name }) => id === wanted || name === wanted)
  if (found !== undefined) return found
  if (latest === undefined) throw noFormOpen()
  const names = forms.map(({ name }) => oneLine(name)).join(', ')
  throw new DevHookError('noButton', `no form \`${oneLine(wanted ?? '')}\` is open: there is ${names}`)
}

/** That there is nothing to fill in or to send. */
export const noFormOpen = (): DevHookError => new DevHookError('noButton', 'no form is open', { remedy: OPEN_A_FORM })

/** The message that fills in a field. */
export const fieldMessage = ({ id }: OpenForm, key: string, value: string): Json => ({
  type: 'field',
  text: `.${key} ${value}`.trimEnd(),
  meta: { form: id, key },
})

/** The message that sends a form with what is filled in. */
export const resultsMessage = ({ id, name, values }: OpenForm): Json => ({
  type: 'results',
  text: name,
  meta: { form: id },
  results: [{ name, values }],
})
