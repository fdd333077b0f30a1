// The head of the page: the views, how the run is, and what can be done to it.
import { restartBot, toggleHold, toggleReplayOnSave } from '../model/actions.ts'
import { VIEWS } from '../model/address.ts'
import { useModel } from '../model/model.ts'
import type { Row } from '../model/rows.ts'
import { useStore } from '../model/use-store.ts'
import { visibleStart } from '../text/visible.ts'

const NAMES = { deliveries: 'Deliveries', chat: 'Chat', status: 'Status' } as const

export function TopBar() {
  const model = useModel()
  const { address, dialog } = model
  const view = useStore(address.store, (now) => now.view)
  return (
    <header class="top">
      <h1 class="brand">dev-hook</h1>
      <nav class="tabs" aria-label="Views">
        {VIEWS.map((one) => (
          <button
            key={one}
            type="button"
            class="tab"
            aria-current={one === view ? 'page' : undefined}
            onClick={() => address.go({ view: one }, 'back')}
          >
            {NAMES[one]}
          </button>
        ))}
      </nav>
      <RunState />
      <div class="tools">
        <HoldButton />
        <button type="button" class="tool" title="Restart the bot (b)" onClick={() => void restartBot(model)}>
          Restart <kbd>b</kbd>
        </button>
        <OnSaveButton />
        <button type="button" class="tool" title="Trigger an event (t)" onClick={() => dialog.set('trigger')}>
          Trigger <kbd>t</kbd>
        </button>
        <button type="button" class="tool" title="Keys (?)" onClick={() => dialog.set('help')}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </header>
  )
}

function HoldButton() {
  const model = useModel()
  const paused = useStore(model.status, (status) => status?.paused === true)
  const waiting = useStore(model.status, (status) => status?.waiting ?? 0)
  return (
    <button
      type="button"
      class={`tool ${paused ? 'on' : ''}`}
      title="Hold deliveries (h)"
      onClick={() => void toggleHold(model)}
    >
      {paused ? `Release${waiting === 0 ? '' : ` ${waiting}`}` : 'Hold'} <kbd>h</kbd>
    </button>
  )
}

function OnSaveButton() {
  const model = useModel()
  const onSave = useStore(model.status, (status) => status?.replayOnSave ?? null)
  // What it says is known when the list is loaded.
  const which = useStore(model.list.state, () => (onSave?.id == null ? 'the last' : nameOf(model.list.row(onSave.id))))
  return (
    <button
      type="button"
      class="tool on-save"
      aria-pressed={onSave !== null}
      title="Replay a delivery after each restart of the bot: the one that is chosen, else the last (s)"
      onClick={() => void toggleReplayOnSave(model)}
    >
      On save{onSave === null ? '' : `: ${which}`} <kbd>s</kbd>
    </button>
  )
}

const nameOf = (row: Row | undefined): string => visibleStart(row?.label.text ?? row?.label.event ?? 'one', 16)

const TONES: Readonly<Record<string, string>> = {
  ready: 'good',
  online: 'good',
  open: 'good',
  crashed: 'bad',
  offline: 'bad',
}

function RunState() {
  const { status, connection } = useModel()
  const run = useStore(status, (now) => now)
  const is = useStore(connection, (now) => now.is)
  // What was known of a run that does not answer is not how it is.
  if (run === null || (is !== 'open' && is !== 'opening')) return <p class="run" />
  const parts: readonly (readonly [string, string | null])[] = [
    ['bot', run.bot],
    [run.emulated ? 'sandbox' : 'tunnel', run.emulated ? 'online' : run.tunnel],
  ]
  return (
    <p class="run">
      {parts.map(([name, state]) =>
        state === null ? null : (
          <span key={name} class={`dot ${TONES[state] ?? 'busy'}`}>
            {name} {name === 'sandbox' ? '' : state}
          </span>
        ),
      )}
      {run.holding === null ? null : <span class="dot busy">holding: {run.holding}</span>}
    </p>
  )
}
