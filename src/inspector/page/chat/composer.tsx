// Saying something: as whom, and what.
import { useState } from 'preact/hooks'
import { ask } from '../model/api.ts'
import { useDraft } from '../model/drafts.ts'
import { useModel } from '../model/model.ts'
import { visibleStart } from '../text/visible.ts'
import type { ChatPerson } from './parts.ts'

interface ComposerProps {
  readonly label: string
  /** Who may speak here; at least one. */
  readonly people: readonly ChatPerson[]
  readonly conversation: string | null
  /** Lets the platform itself speak: an event is chosen. */
  readonly systemEvent?: () => void
}

/** In place of a name. */
const SYSTEM = ''

export function Composer({ label, people, conversation, systemEvent }: ComposerProps) {
  const model = useModel()
  const place = `say:${label}:${conversation}`
  const [text, setText] = useDraft(model.drafts, place)
  const [as, setAs] = useState<string | null>(null)
  const speaker = people.find(({ name }) => name === as) ?? people[0]
  if (speaker === undefined) return null

  async function say(): Promise<void> {
    const said = text.trim()
    if (said === '' || speaker === undefined) return
    setText('')
    const done = await model.attempt(() =>
      ask('say', { text: said, as: speaker.name, ...(conversation !== null && { conversation }) }),
    )
    // It is there to be said again, unless somebody writes something else already.
    if (done === null && model.drafts.read(place) === null) setText(said)
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void say()
      }}
    >
      <select
        aria-label={`${label}: who speaks`}
        value={speaker.name}
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== SYSTEM) return setAs(currentTarget.value)
          currentTarget.value = speaker.name
          systemEvent?.()
        }}
      >
        {people.map(({ id, name }) => (
          <option key={id} value={name}>
            {visibleStart(name, 60)}
          </option>
        ))}
        {systemEvent === undefined ? null : <option value={SYSTEM}>a system event …</option>}
      </select>
      <input
        value={text}
        placeholder={`Write as ${visibleStart(speaker.name, 60)}`}
        aria-label={`${label}: message`}
        autocomplete="off"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="button main">
        Send
      </button>
    </form>
  )
}
