// A developer as the relay sees them: here, vanished or gone, what leads from one to the next, and what follows from it.

/** What is known of one who is, or was, there. */
export interface Presence {
  readonly session: string
  readonly who: string
  /** What they want, as filters; `null` for everything. */
  readonly only: readonly string[] | null
}

export type DeveloperState =
  | { readonly is: 'here'; readonly seat: Presence }
  /** Nothing was heard of them for a while. `seat` is `null` for one who has not been there since the relay began. */
  | { readonly is: 'vanished'; readonly seat: Presence | null }
  /** They left, or have been away for too long. */
  | { readonly is: 'gone'; readonly seat: Presence | null }

export type DeveloperEvent =
  /** They said that they are there; another session only once the one before is known to be dead. */
  | { readonly type: 'here'; readonly seat: Presence }
  | { readonly type: 'leaves'; readonly session: string }
  /** No heartbeat for 10 s. */
  | { readonly type: 'silent' }
  /** Away for longer than `--grace`. */
  | { readonly type: 'grace-over' }

/**
 * What follows. `abort`: what is under way to the session before is held instead. `drain`: what is held goes to them.
 * `hand-on`: what is held for them goes to the default.
 */
export type Effect = 'abort' | 'drain' | 'hand-on'

export interface DeveloperChange {
  readonly to: DeveloperState
  readonly effects: readonly Effect[]
}

/** The change that an event makes; `null` where it makes none. */
export function nextDeveloper(state: DeveloperState, event: DeveloperEvent): DeveloperChange | null {
  switch (event.type) {
    case 'here': {
      const to = { is: 'here', seat: event.seat } as const
      if (state.is !== 'here') return { to, effects: ['drain'] }
      return { to, effects: state.seat.session === event.seat.session ? [] : ['abort', 'drain'] }
    }
    case 'leaves':
      if (state.is !== 'here' || state.seat.session !== event.session) return null
      return { to: { is: 'gone', seat: state.seat }, effects: ['abort', 'hand-on'] }
    case 'silent':
      return state.is === 'here' ? { to: { is: 'vanished', seat: state.seat }, effects: ['abort'] } : null
    case 'grace-over':
      return state.is === 'vanished' ? { to: { is: 'gone', seat: state.seat }, effects: ['hand-on'] } : null
    default:
      return event satisfies never
  }
}
