// The keys of the page: what each does, for those who press them and for the help that lists them.
import { replay, restartBot, toggleCompare, toggleHold, toggleReplayOnSave } from './actions.ts'
import { VIEWS } from './address.ts'
import type { Model } from './model.ts'

export interface Key {
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[]
  readonly shown: string
  readonly says: string
  run(model: Model): void
}

/** Moves the choice by so many rows, or to the first or last. */
function move({ list, address }: Model, to: number | 'first' | 'last'): void {
  const { shown } = list.state.current()
  if (shown.length === 0) return
  const { id } = address.store.current()
  const row =
    shown[
      placeOf(
        to,
        shown.findIndex((row) => row.id === id),
        shown.length - 1,
      )
    ]
  if (row !== undefined) address.go({ id: row.id, view: 'deliveries' })
}

/** Where a move from a row ends; `at` is -1 when none is chosen. */
function placeOf(to: number | 'first' | 'last', at: number, last: number): number {
  if (to === 'last') return last
  return to === 'first' || at === -1 ? 0 : Math.min(last, Math.max(0, at + to))
}

const withChosen = (model: Model, run: (id: string) => unknown): void => {
  const { id } = model.address.store.current()
  if (id === null) model.tell('choose a delivery first, with j and k')
  else run(id)
}

export const KEYS: readonly Key[] = [
  { keys: ['j', 'ArrowDown'], shown: 'j ↓', says: 'next delivery', run: (model) => move(model, 1) },
  { keys: ['k', 'ArrowUp'], shown: 'k ↑', says: 'previous delivery', run: (model) => move(model, -1) },
  { keys: ['Home'], shown: 'Home', says: 'newest delivery', run: (model) => move(model, 'first') },
  { keys: ['End'], shown: 'End', says: 'oldest delivery', run: (model) => move(model, 'last') },
  { keys: ['PageDown'], shown: 'PgDn', says: 'ten rows down', run: (model) => move(model, 10) },
  { keys: ['PageUp'], shown: 'PgUp', says: 'ten rows up', run: (model) => move(model, -10) },
  {
    keys: ['Enter'],
    shown: 'Enter',
    says: 'go into the delivery',
    run: (model) => withChosen(model, () => document.querySelector<HTMLElement>('#delivery')?.focus()),
  },
  {
    keys: ['Escape'],
    shown: 'Esc',
    says: 'close what is open',
    run: ({ address }) => address.go(address.store.current().vs === null ? { id: null } : { vs: null }),
  },
  {
    keys: ['/'],
    shown: '/',
    says: 'filter',
    run: ({ address }) => {
      address.go({ view: 'deliveries' })
      document.querySelector<HTMLInputElement>('#filter')?.select()
    },
  },
  { keys: ['r'], shown: 'r', says: 'replay', run: (model) => withChosen(model, (id) => replay(model, id)) },
  {
    keys: ['e'],
    shown: 'e',
    says: 'edit and replay',
    run: (model) => withChosen(model, () => model.dialog.set('edit')),
  },
  { keys: ['t'], shown: 't', says: 'trigger an event', run: ({ dialog }) => dialog.set('trigger') },
  {
    keys: ['c'],
    shown: 'c',
    says: 'compare with another',
    run: (model) => withChosen(model, () => toggleCompare(model)),
  },
  { keys: ['m'], shown: 'm', says: 'mark, or remove the mark', run: (model) => withChosen(model, model.marks.toggle) },
  {
    keys: ['M'],
    shown: 'M',
    says: 'only what is marked',
    run: ({ address }) => address.go({ view: 'deliveries', marked: !address.store.current().marked }),
  },
  { keys: ['s'], shown: 's', says: 'replay on save', run: (model) => void toggleReplayOnSave(model) },
  { keys: ['v'], shown: 'v', says: 'check a signature', run: ({ dialog }) => dialog.set('signature') },
  { keys: ['h'], shown: 'h', says: 'hold deliveries, or release them', run: (model) => void toggleHold(model) },
  { keys: ['b'], shown: 'b', says: 'restart the bot', run: (model) => void restartBot(model) },
  {
    keys: ['p'],
    shown: 'p',
    says: 'pause the list, or resume it',
    run: ({ list }) => (list.state.current().paused ? list.resume() : list.pause()),
  },
  ...VIEWS.map((view, at) => ({
    keys: [String(at + 1)],
    shown: String(at + 1),
    says: view,
    run: ({ address }: Model) => address.go({ view }, 'back'),
  })),
  { keys: ['?'], shown: '?', says: 'this help', run: ({ dialog }) => dialog.set('help') },
]

/** Where letters are text. */
const WRITES = 'input, textarea, select, [contenteditable]'
/** Where Enter presses what has the focus. */
const PRESSES = 'button, a, summary, [role="tab"]'

/** Runs what a key of the page does; true when it did something. */
export function press(event: KeyboardEvent, model: Model): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || model.dialog.current() !== null) return false
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target?.closest(WRITES) != null) {
    if (event.key !== 'Escape') return false
    target.blur()
    return true
  }
  if (event.key === 'Enter' && target?.closest(PRESSES) != null) return false
  const key = KEYS.find(({ keys }) => keys.includes(event.key))
  if (key === undefined) return false
  key.run(model)
  return true
}
