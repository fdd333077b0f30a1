// Checking a signature: of the delivery that is chosen, or of whatever is pasted; with the secret of the webhook, or another.
import { useState } from 'preact/hooks'
import type { OutputOf } from '../../operations/table.ts'
import { SignatureVerdict } from '../detail/signature-verdict.tsx'
import { ask, problemOf } from '../model/api.ts'
import { createLatest } from '../model/later.ts'
import { useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { headerLines } from '../text/header-lines.ts'
import { visible } from '../text/visible.ts'
import { LoadedDialog } from './loaded-dialog.tsx'

type Delivery = OutputOf<'delivery'>

/** A longer body is not shown for editing; it is checked as it was recorded. */
const MAX_BODY = 100_000

export function SignatureDialog() {
  const { id } = useModel().address.store.current()
  const loaded = useLoaded((signal) => (id === null ? Promise.resolve(null) : ask('delivery', { id }, signal)), [id])
  return (
    <LoadedDialog title="Check a signature" loaded={loaded}>
      {(delivery) => <SignatureForm delivery={delivery} />}
    </LoadedDialog>
  )
}

function SignatureForm({ delivery }: { readonly delivery: Delivery | null }) {
  const recorded = delivery?.encoding === 'utf8' && delivery.body.length <= MAX_BODY ? delivery.body : ''
  const headers = headerLines(delivery?.headers ?? [])
  const [body, setBody] = useState(recorded)
  const [signature, setSignature] = useState(headers)
  const [isTyped, setTyped] = useState(false)
  const [secret, setSecret] = useState('')
  const [found, setFound] = useState<OutputOf<'verify'> | string | null>(null)
  const [begin] = useState(createLatest)
  /** Nothing is said of what has changed since. */
  const change = <T,>(write: (value: T) => void, value: T): void => {
    begin()
    setFound(null)
    write(value)
  }

  async function check(): Promise<void> {
    const overtaken = begin()
    const given = {
      ...(delivery !== null && { id: delivery.id }),
      // A field has other line breaks than the body may have, and shows no secrets: what was not changed is taken as it was recorded.
      ...((delivery === null || body !== recorded) && { body }),
      ...((delivery === null || signature !== headers) && { signature }),
      ...(isTyped && { secret }),
    }
    const next = await ask('verify', given).catch((error: unknown) => problemOf(error).message)
    if (!overtaken.aborted) setFound(next)
  }

  return (
    <form
      class="dialog-body"
      onSubmit={(event) => {
        event.preventDefault()
        void check()
      }}
    >
      <label>
        Body, exactly as it was sent
        <textarea
          class="code"
          value={body}
          rows={6}
          spellcheck={false}
          placeholder={delivery === null ? '{"id":"…"}' : 'as it was recorded'}
          onInput={({ currentTarget }) => change(setBody, currentTarget.value)}
        />
      </label>
      <label>
        X-Hub-Signature, or all headers
        <textarea
          class="code short"
          value={signature}
          rows={3}
          spellcheck={false}
          placeholder="sha1=…"
          onInput={({ currentTarget }) => change(setSignature, currentTarget.value)}
        />
      </label>
      <SecretChoice
        isTyped={isTyped}
        secret={secret}
        choose={(typed) => change(setTyped, typed)}
        write={(text) => change(setSecret, text)}
      />
      <div role="status">{found === null ? null : <Found found={found} />}</div>
      <div class="actions end">
        <button type="submit" class="button main">
          Check
        </button>
      </div>
    </form>
  )
}

interface SecretChoiceProps {
  readonly isTyped: boolean
  readonly secret: string
  readonly choose: (isTyped: boolean) => void
  readonly write: (secret: string) => void
}

function SecretChoice({ isTyped, secret, choose, write }: SecretChoiceProps) {
  return (
    <fieldset class="choice">
      <legend>Secret</legend>
      <label class="check">
        <input type="radio" name="secret" checked={!isTyped} onChange={() => choose(false)} />
        that of the webhook, which this page does not know
      </label>
      <label class="check">
        <input type="radio" name="secret" checked={isTyped} onChange={() => choose(true)} />
        another one
      </label>
      {isTyped ? (
        <input
          type="password"
          value={secret}
          aria-label="Another secret"
          autocomplete="off"
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
      ) : null}
    </fieldset>
  )
}

function Found({ found }: { readonly found: OutputOf<'verify'> | string }) {
  if (typeof found === 'string') return <p class="bad-text">{visible(found)}</p>
  const { verdict, certain, reasons, expected, bytes, secret } = found
  return (
    <>
      <SignatureVerdict signature={{ verdict, reasons }} />
      <p class="soft">
        {certain ? '' : 'That is likely, but not certain. '}
        {bytes} bytes, checked with {secret}
        {verdict === 'right' ? '' : '; the right one is '}
        {verdict === 'right' ? null : <code>{expected}</code>}
      </p>
    </>
  )
}
