// A developer's side as it sees itself: away from the relay, there, or superseded, and what leads from one to the next.
import type { DevHookError } from '../../core/errors.ts'

export type SeatState =
  /** The run has not begun to take deliveries. */
  | { readonly is: 'outside' }
  /** The relay knows that it is there. */
  | { readonly is: 'seated' }
  /** It takes deliveries, but the broker or the relay does not answer. */
  | { readonly is: 'waiting'; readonly reason: string }
  /** Final: another run has the name, or the broker refuses it. */
  | { readonly is: 'unseated'; readonly error: DevHookError }
  /** Final: it has left. */
  | { readonly is: 'left' }

export type SeatEvent =
  | { readonly type: 'welcomed' }
  | { readonly type: 'unanswered'; readonly reason: string }
  | { readonly type: 'turned-away'; readonly error: DevHookError }
  | { readonly type: 'leaves' }

/** The state after an event; the same one where it changes nothing. */
export function nextSeat(state: SeatState, event: SeatEvent): SeatState {
  if (state.is === 'unseated' || state.is === 'left') return state
  switch (event.type) {
    case 'welcomed':
      return state.is === 'seated' ? state : { is: 'seated' }
    case 'unanswered':
      return state.is === 'seated' ? { is: 'waiting', reason: event.reason } : state
    case 'turned-away':
      return { is: 'unseated', error: event.error }
    case 'leaves':
      return { is: 'left' }
    default:
      return event satisfies never
  }
}
