// Triggering a documented event: which one, what is said, in which conversation, and other values.
import { useRef, useState } from 'preact/hooks'
import { formatDuration } from '../../../core/text/duration.ts'
import type { OutputOf } from '../../operations/table.ts'
import { ask } from '../model/api.ts'
import { useDraft } from '../model/drafts.ts'
import { useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { LoadedDialog } from './loaded-dialog.tsx'
import { useClosed } from './use-closed.ts'

type Template = OutputOf<'templates'>['templates'][number]

interface Wish {
  readonly event: string
  readonly text: string
  /** `path=value`, one a line. */
  readonly values: string
  /** Whether it happens in the conversation of the chosen delivery. */
  readonly isThere: boolean
}

export function TriggerDialog() {
  const loaded = useLoaded((signal) => ask('templates', {}, signal), [])
  return (
    <LoadedDialog title="Trigger an event" loaded={loaded}>
      {({ templates }) => <TriggerForm templates={templates} />}
    </LoadedDialog>
  )
}

/** That of the chat or of the chosen delivery, else of the newest one: most events are about one that is there. */
function useConversation(): string | null {
  const { address, list } = useModel()
  const { id, view, conversation } = address.store.current()
  if (view === 'chat' && conversation !== null) return conversation
  const row = id === null ? list.state.current().shown[0] : list.row(id)
  return row?.label.conversation ?? null
}

function TriggerForm({ templates }: { readonly templates: readonly Template[] }) {
  const model = useModel()
  // What comes in meanwhile does not take another one to where somebody is about to trigger something.
  const found = useConversation()
  const opened = useRef<string | null>(null)
  opened.current ??= found
  const conversation = opened.current
  const closed = useClosed()
  const [event, setEvent] = useDraft(model.drafts, 'trigger:event', templates[0]?.name)
  const [text, setText] = useDraft(model.drafts, 'trigger:text')
  const [values, setValues] = useDraft(model.drafts, 'trigger:values')
  const [isThere, setThere] = useState(conversation !== null)
  const wish = { event, text, values, isThere }
  const change = (next: Wish): void => {
    setEvent(next.event)
    setText(next.text)
    setValues(next.values)
    setThere(next.isThere)
  }
  const [isBusy, setBusy] = useState(false)

  async function send(): Promise<void> {
    const set = values.split('\n').filter((line) => line.trim() !== '')
    const given = {
      event,
      set,
      ...(text !== '' && { text }),
      ...(isThere && conversation !== null && { conversation }),
    }
    setBusy(true)
    const done = await model.attempt(() => ask('trigger', given))
    setBusy(false)
    if (done === null) return
    const notes = done.notes.length === 0 ? null : done.notes.join('; ')
    model.tell(`triggered: ${done.status ?? done.outcome} after ${formatDuration(done.ms)}`, notes)
    // Whoever has closed this while the bot had it, or has written on, is left where they are.
    const isUnchanged =
      (model.drafts.read('trigger:event') ?? templates[0]?.name) === event &&
      (model.drafts.read('trigger:text') ?? '') === text &&
      (model.drafts.read('trigger:values') ?? '') === values
    if (!isUnchanged) return
    setText('')
    setValues('')
    if (closed.aborted) return
    model.dialog.set(null)
    model.address.go({ id: done.id, ...(model.address.store.current().view === 'status' && { view: 'deliveries' }) })
  }

  return (
    <form
      class="dialog-body"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void send()
      }}
    >
      <WishFields templates={templates} wish={wish} change={change} conversation={conversation} />
      <div class="actions end">
        <button type="submit" class="button main" disabled={isBusy}>
          {isBusy ? 'The bot has it …' : 'Trigger'}
        </button>
      </div>
    </form>
  )
}

interface WishFieldsProps {
  readonly templates: readonly Template[]
  readonly wish: Wish
  readonly conversation: string | null
  readonly change: (wish: Wish) => void
}

function WishFields({ templates, wish, conversation, change }: WishFieldsProps) {
  const template = templates.find(({ name }) => name === wish.event)
  return (
    <>
      <label>
        Event
        <select
          value={wish.event}
          onChange={({ currentTarget }) => change({ ...wish, event: currentTarget.value, text: '' })}
        >
          {templates.map(({ name, says }) => (
            <option key={name} value={name}>
              {name} — {says}
            </option>
          ))}
        </select>
      </label>
      {template === undefined ? null : (
        <p class="soft">
          {template.events.slice(0, 3).join(', ')}
          {template.evidence === 'inferred' ? '; inferred, not documented' : ''}
        </p>
      )}
      {template?.text == null ? null : (
        <label>
          What is said
          <input
            value={wish.text}
            placeholder={template.text}
            onInput={({ currentTarget }) => change({ ...wish, text: currentTarget.value })}
          />
        </label>
      )}
      <label>
        Other values, one a line
        <textarea
          class="code short"
          value={wish.values}
          rows={3}
          spellcheck={false}
          placeholder="data.message.meta.x=1"
          onInput={({ currentTarget }) => change({ ...wish, values: currentTarget.value })}
        />
      </label>
      {conversation === null ? null : (
        <label class="check">
          <input
            type="checkbox"
            checked={wish.isThere}
            onChange={({ currentTarget }) => change({ ...wish, isThere: currentTarget.checked })}
          />
          in the conversation that is chosen
        </label>
      )}
    </>
  )
}
