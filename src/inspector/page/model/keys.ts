// The keys of the page: what each does, for those who press them and for the help that lists them.
import { replay, restartBot, toggleCompare, toggleHold, toggleReplayOnSave } from './actions.ts'
import { VIEWS } from './address.ts'
import { focusNear } from './keep-focus.ts'
import type { Model } from './model.ts'

export interface Key {
  /** As `KeyboardEvent.key` has them. */
  readonly keys: readonly string[]
  readonly shown: string
  readonly says: string
  /** It goes on while it is held down. */
  readonly repeats?: true
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
  if (row === undefined) return
  address.go({ id: row.id, view: 'deliveries' })
  // A screen reader tells of the choice in the list when the list has the focus.
  if (document.activeElement === document.body) document.querySelector<HTMLElement>('.rows')?.focus()
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

/** A key that moves the choice. */
const moving = (keys: readonly string[], shown: string, says: string, to: number | 'first' | 'last'): Key => ({
  keys,
  shown,
  says,
  repeats: true,
  run: (model) => move(model, to),
})

export const KEYS: readonly Key[] = [
  moving(['j', 'ArrowDown'], 'j ↓', 'next delivery', 1),
  moving(['k', 'ArrowUp'], 'k ↑', 'previous delivery', -1),
  moving(['Home'], 'Home', 'newest delivery', 'first'),
  moving(['End'], 'End', 'oldest delivery', 'last'),
  moving(['PageDown'], 'PgDn', 'ten rows down', 10),
  moving(['PageUp'], 'PgUp', 'ten rows up', -10),
  {
    keys: ['Enter'],
    shown: 'Enter',
    says: 'go into the delivery, to scroll in it',
    run: (model) => withChosen(model, () => document.querySelector<HTMLElement>('.panel-body')?.focus()),
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
/** Where the keys that scroll do that. */
const SCROLLS = '.panel, [tabindex="0"]:not(.rows)'
const SCROLLING = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp'])

/** Runs what a key of the page does; true when it did something. */
export function press(event: KeyboardEvent, model: Model): boolean {
  const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing
  if (!isOurs || model.dialog.current() !== null) return false
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target?.closest(WRITES) != null) {
    if (event.key !== 'Escape') return false
    target.blur()
    focusNear(event.composedPath().slice(1))
    return true
  }
  if (event.key === 'Enter' && target?.closest(PRESSES) != null) return false
  if (SCROLLING.has(event.key) && (target?.closest(SCROLLS) != null || !isListed(model))) return false
  const key = KEYS.find(({ keys }) => keys.includes(event.key))
  if (key === undefined) return false
  // Whoever rests on a key does not want everything restarted, replayed or switched thirty times a second.
  if (!event.repeat || key.repeats === true) key.run(model)
  return true
}

const isListed = ({ address }: Model): boolean => address.store.current().view === 'deliveries'
