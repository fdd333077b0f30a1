// The forms that are open in a conversation: the contact fills them in and sends them.
import { asText } from '../../../core/json.ts'
import type { OutputOf } from '../../operations/table.ts'
import { ask } from '../model/api.ts'
import { useDrafts } from '../model/drafts.ts'
import { useModel } from '../model/model.ts'
import { visibleStart } from '../text/visible.ts'

export type ChatForm = OutputOf<'conversation'>['forms'][number]

interface OpenFormProps {
  readonly form: ChatForm
  readonly conversation: string
  /** Who fills it in; the first contact when it is not known. */
  readonly as: string | undefined
}

export function OpenForm({ form, conversation, as }: OpenFormProps) {
  const model = useModel()
  const drafts = useDrafts(model.drafts)
  const placeOf = (key: string): string => `fill:${form.id}:${key}`
  const before = (key: string): string => asText(form.values[key]) ?? ''

  async function fill(send: boolean): Promise<void> {
    const typed = form.fields.map(({ key }) => [key, drafts.read(placeOf(key))] as const)
    const values = typed.flatMap(([key, text]) => (text === null || text === before(key) ? [] : [`${key}=${text}`]))
    if (values.length === 0 && !send) return
    const done = await model.attempt(() =>
      ask('fill', { form: form.id, values, send, conversation, ...(as !== undefined && { as }) }),
    )
    if (done === null) return
    // What was typed meanwhile is not in it yet.
    for (const [key, text] of typed) if (drafts.read(placeOf(key)) === text) drafts.keep(placeOf(key), null)
  }

  return (
    <form
      class="open-form"
      aria-label={`Form ${visibleStart(form.name, 60)}`}
      onSubmit={(event) => {
        event.preventDefault()
        void fill(true)
      }}
    >
      <b>{visibleStart(form.name, 100)}</b>
      {form.fields.map((field) => (
        <Field
          key={field.key}
          field={field}
          value={drafts.read(placeOf(field.key)) ?? before(field.key)}
          change={(value) => drafts.keep(placeOf(field.key), value)}
        />
      ))}
      <div class="actions end">
        <button type="button" class="button small" onClick={() => void fill(false)}>
          Fill in
        </button>
        <button type="submit" class="button small main">
          Send the form
        </button>
      </div>
    </form>
  )
}

interface FieldProps {
  readonly field: ChatForm['fields'][number]
  readonly value: string
  readonly change: (value: string) => void
}

function Field({ field: { key, name, type, options }, value, change }: FieldProps) {
  const id = `field-${key}`
  return (
    <>
      <label for={id}>{visibleStart(name, 100)}</label>
      {options.length === 0 ? (
        <input
          id={id}
          placeholder={type === null ? '' : visibleStart(type, 30)}
          value={value}
          autocomplete="off"
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      ) : (
        <select id={id} value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
          <option value="" />
          {options.map((option) => (
            <option key={option} value={option}>
              {visibleStart(option, 100)}
            </option>
          ))}
        </select>
      )}
    </>
  )
}
