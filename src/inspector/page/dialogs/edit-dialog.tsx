// Editing a delivery and replaying the copy.
import { useEffect, useState } from 'preact/hooks'
import { layOut, pack } from '../../../core/text/json-layout.ts'
import { REDACTED } from '../../../core/text/redact.ts'
import { replayEdited } from '../model/actions.ts'
import { ask } from '../model/api.ts'
import { useDraft } from '../model/drafts.ts'
import { useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { escapeHidden } from '../text/visible.ts'
import { JsonField } from './json-field.tsx'
import { LoadedDialog } from './loaded-dialog.tsx'
import { useClosed } from './use-closed.ts'

/** With a longer one, each letter that is typed takes seconds. */
const MAX_EDITED = 500_000

export function EditDialog() {
  const { address } = useModel()
  const { id } = address.store.current()
  const loaded = useLoaded((signal) => ask('delivery', { id: id ?? '' }, signal), [id])
  return (
    <LoadedDialog title="Edit and replay" loaded={loaded}>
      {(delivery) =>
        delivery.encoding === 'base64' ? (
          <p class="dialog-body">The body is not text, so it cannot be edited. Replay it unedited.</p>
        ) : delivery.body.length > MAX_EDITED ? (
          <p class="dialog-body">
            The body is too long for a field of the browser. <code>dev-hook replay {delivery.id} --edit</code> opens it
            in your editor.
          </p>
        ) : (
          <Editor id={delivery.id} body={delivery.body} />
        )
      }
    </LoadedDialog>
  )
}

const keepOpen = (event: Event): void => event.preventDefault()

function Editor({ id, body }: { readonly id: string; readonly body: string }) {
  const model = useModel()
  const laidOut = layOut(body)
  const isJson = laidOut !== null
  const first = laidOut === null ? body : escapeHidden(laidOut)
  const place = `edit:${id}`
  const [text, setText] = useDraft(model.drafts, place, first)
  const closed = useClosed()
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  useEffect(() => {
    if (text === first) return
    // Whoever reloads the page, or leaves it, is asked.
    window.addEventListener('beforeunload', keepOpen)
    return () => window.removeEventListener('beforeunload', keepOpen)
  }, [text === first])

  async function send(): Promise<void> {
    setBusy(true)
    const isUnchanged = (): boolean => (model.drafts.read(place) ?? first) === text
    const isAwaited = (): boolean => !closed.aborted && isUnchanged()
    // What is not JSON goes as it is: the run says where the mistake is.
    const done = await replayEdited(model, id, isJson ? (pack(text) ?? text) : text, isAwaited)
    setBusy(false)
    if (done === null) return
    if ('refused' in done) return setRefused(done.refused)
    // Whoever has closed this while the bot had it, or has written on, is left where they are.
    const leads = isAwaited()
    if (isUnchanged()) setText(first)
    if (!leads) return
    model.dialog.set(null)
    model.address.go({ id: done.id })
  }

  return (
    <form
      class="dialog-body"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void send()
      }}
    >
      <JsonField
        label="Body"
        text={text}
        isJson={isJson}
        refused={refused}
        change={(next) => {
          setText(next)
          setRefused(null)
        }}
      />
      {text.includes(REDACTED) ? (
        <p class="bad-text">
          Secrets are shown as {REDACTED}, and the bot would get that: put them back, or replay the delivery unedited.
        </p>
      ) : null}
      <div class="actions end">
        <button type="button" class="button" onClick={() => setText(first)}>
          As it was
        </button>
        <button type="submit" class="button main" disabled={isBusy}>
          {isBusy ? 'The bot has it …' : 'Replay the copy'}
        </button>
      </div>
    </form>
  )
}
