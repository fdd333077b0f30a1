// What people want of the supervisor: nothing, a restart (the latest one wins), or the end (which is final).

export type Wish =
  | { readonly is: 'none' }
  | { readonly is: 'restart'; readonly reason: string }
  | { readonly is: 'end' }

export interface Wishes {
  current(): Wish
  /** Aborted as soon as there is a wish: whatever waits with it wakes up. Another one after each `granted`. */
  signal(): AbortSignal
  /** Aborted once the end is wished. */
  readonly end: AbortSignal
  wish(wish: Wish): void
  /** A wish for a restart has come true; the wish for the end stays. */
  granted(): void
}

/** Creates it without a wish. */
export function createWishes(): Wishes {
  const end = new AbortController()
  let current: Wish = { is: 'none' }
  let woken = new AbortController()
  return {
    current: () => current,
    signal: () => woken.signal,
    end: end.signal,
    wish: (wish) => {
      if (current.is === 'end') return
      current = wish
      woken.abort()
      if (wish.is === 'end') end.abort()
    },
    granted: () => {
      if (current.is !== 'restart') return
      current = { is: 'none' }
      woken = new AbortController()
    },
  }
}
