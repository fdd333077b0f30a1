// What the keys of a run are about: nothing yet, one of the newest deliveries, or all of one; and what leads from one to the next.
import type { OutputOf } from '../../inspector/operations/table.ts'
import type { DeliveryRow } from '../events/row.ts'

/** The newest deliveries, oldest first, and which of them is chosen. */
export interface Choice {
  readonly rows: readonly DeliveryRow[]
  readonly at: number
}

/** A delivery that is read: all that is known of it, and what the bot has printed while it was answered. */
export interface ReadDelivery {
  readonly detail: OutputOf<'delivery'>
  readonly printed: readonly string[]
}

type Looking =
  /** Lines are written as they come, and no delivery is chosen. */
  | { readonly is: 'following' }
  | { readonly is: 'choosing'; readonly choice: Choice }
  /** `top`: how many of its rows are above those that are seen. */
  | { readonly is: 'reading'; readonly choice: Choice; readonly delivery: ReadDelivery; readonly top: number }

export type KeyState =
  | Looking
  /** The terminal belongs to an editor. */
  | { readonly is: 'editing'; readonly before: Looking }
  | { readonly is: 'ended' }

/** By so many rows down, or to one end. */
export type Move = number | 'first' | 'last'

export type KeyEvent =
  /** The deliveries as they are now; `open` shows them, with this one chosen. */
  | { readonly type: 'listed'; readonly rows: readonly DeliveryRow[]; readonly open?: 'first' | 'last' }
  /** A delivery was opened: it is read from here on. */
  | { readonly type: 'read'; readonly delivery: ReadDelivery }
  /** A delivery as it is by now. Whoever read it may have left it meanwhile, for the list or for another one. */
  | { readonly type: 'updated'; readonly delivery: ReadDelivery }
  /** `furthest`: how many rows can be above those that are seen, of a delivery that is read. */
  | { readonly type: 'moved'; readonly move: Move; readonly furthest: number }
  | { readonly type: 'left' }
  | { readonly type: 'edit-begun' }
  | { readonly type: 'edit-ended' }
  | { readonly type: 'ended' }

export const FOLLOWING: KeyState = { is: 'following' }

/** The state after an event. An event that means nothing in a state changes nothing. */
export function nextState(state: KeyState, event: KeyEvent): KeyState {
  if (event.type === 'ended') return { is: 'ended' }
  switch (state.is) {
    case 'following':
      return whileLooking(state, event, () => state)
    case 'choosing':
      return whileLooking(state, event, () => whileChoosing(state, event))
    case 'reading':
      return whileLooking(state, event, () => whileReading(state, event))
    case 'editing':
      return event.type === 'edit-ended' ? state.before : state
    case 'ended':
      return state
    default:
      return state satisfies never
  }
}

/** What has the same meaning whatever is looked at. */
function whileLooking(state: Looking, event: KeyEvent, otherwise: () => KeyState): KeyState {
  if (event.type === 'edit-begun') return { is: 'editing', before: state }
  if (event.type !== 'listed' || event.open === undefined) return otherwise()
  const { rows, open } = event
  return rows.length === 0
    ? FOLLOWING
    : { is: 'choosing', choice: { rows, at: open === 'first' ? 0 : rows.length - 1 } }
}

function whileChoosing({ choice }: Extract<Looking, { is: 'choosing' }>, event: KeyEvent): KeyState {
  switch (event.type) {
    case 'listed':
      return event.rows.length === 0 ? FOLLOWING : { is: 'choosing', choice: follow(choice, event.rows) }
    case 'moved':
      return { is: 'choosing', choice: { ...choice, at: moved(choice.at, event.move, choice.rows.length - 1) } }
    case 'read':
      return { is: 'reading', choice: chosen(choice, event.delivery), delivery: event.delivery, top: 0 }
    case 'left':
      return FOLLOWING
    case 'updated':
    case 'edit-begun':
    case 'edit-ended':
    case 'ended':
      return { is: 'choosing', choice }
    default:
      return event satisfies never
  }
}

function whileReading(state: Extract<Looking, { is: 'reading' }>, event: KeyEvent): KeyState {
  const { choice, delivery, top } = state
  switch (event.type) {
    case 'listed':
      // The one that is read stays, whatever becomes of the list.
      return event.rows.some(({ id }) => id === delivery.detail.id)
        ? { ...state, choice: follow(choice, event.rows) }
        : state
    case 'moved':
      return { ...state, top: moved(top, event.move, event.furthest) }
    case 'read':
      return { ...state, choice: chosen(choice, event.delivery), delivery: event.delivery, top: 0 }
    case 'updated':
      return event.delivery.detail.id === delivery.detail.id ? { ...state, delivery: event.delivery } : state
    case 'left':
      return { is: 'choosing', choice }
    case 'edit-begun':
    case 'edit-ended':
    case 'ended':
      return state
    default:
      return event satisfies never
  }
}

/** The same delivery in a list that has changed; where it is gone, the one that took its place. */
function follow({ rows: before, at }: Choice, rows: readonly DeliveryRow[]): Choice {
  const same = rows.findIndex(({ id }) => id === before[at]?.id)
  return { rows, at: same === -1 ? Math.min(at, rows.length - 1) : same }
}

function chosen(choice: Choice, { detail }: ReadDelivery): Choice {
  const at = choice.rows.findIndex(({ id }) => id === detail.id)
  return at === -1 ? choice : { ...choice, at }
}

/** Never beyond either end. */
function moved(from: number, move: Move, last: number): number {
  const to = move === 'first' ? 0 : move === 'last' ? last : from + move
  return Math.max(0, Math.min(to, last))
}

/** The delivery that keys are about; `null` when none is chosen. */
export function chosenIn(state: KeyState): DeliveryRow | null {
  if (state.is !== 'choosing' && state.is !== 'reading') return null
  return state.choice.rows[state.choice.at] ?? null
}
