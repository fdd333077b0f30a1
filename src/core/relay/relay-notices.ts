// What a relay announces, and what a run is to one.

/** What a run is to a relay: the relay itself, or one of its developers. */
export type RelayRole =
  | { readonly is: 'relay'; readonly broker: string; readonly fallback: string }
  | { readonly is: 'developer'; readonly broker: string; readonly name: string; readonly relay: string }

/** What only a relay announces. */
export type RelayNotice =
  /** Its developer has a delivery, or it is held for them. */
  | { readonly type: 'routed'; readonly id: string; readonly to: string; readonly how: 'live' | 'held' }
  /** Who of the developers is there, and how many deliveries are held for them. */
  | {
      readonly type: 'developer'
      readonly name: string
      readonly who: string | null
      readonly state: 'here' | 'vanished' | 'gone'
      readonly held: number
    }
  /** The broker is there again. */
  | { readonly type: 'broker'; readonly state: 'online' }
