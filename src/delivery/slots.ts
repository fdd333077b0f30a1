// The places at the bot: so many attempts at a time, but for those that it does not answer any more.

/** An attempt that has a place. */
export interface Placed {
  /** When it was sent, in milliseconds. */
  sentAt: number
  /** It has given up its place. */
  overdue: boolean
}

export interface Places {
  isFull(): boolean
  /** Something waits for a place: in time, what is overdue gives up its own. */
  wanted(): void
  /** An attempt has ended. */
  ended(attempt: Placed): void
}

interface PlacesOptions {
  readonly limit: number
  readonly overdueMs: number
  readonly maxOverdue: number
  readonly sent: readonly Placed[]
  /** Whether something still waits for a place. */
  readonly isWanted: () => boolean
  /** Some have given up theirs; so many are overdue now. */
  readonly freed: (overdue: number) => void
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => () => void
}

/** Creates them. `sent` is read as it is at the time. */
export function createPlaces(options: PlacesOptions): Places {
  const { limit, overdueMs, maxOverdue, sent, isWanted, freed, now, after } = options
  let overdue = 0
  let stopWatching: (() => void) | null = null

  const isFull = (): boolean => sent.length - overdue >= limit

  // Once begun it goes on until the bot has nothing: under load, places come and go with each delivery.
  function wanted(): void {
    if (stopWatching !== null || !isFull() || overdue >= maxOverdue) return
    stopWatching = after(Math.max(0, oldest() + overdueMs - now()), free)
  }

  const oldest = (): number =>
    sent.reduce((at, one) => (one.overdue ? at : Math.min(at, one.sentAt)), Number.POSITIVE_INFINITY)

  /** A bot that forgets to answer would else stop everything, however well it is. */
  function free(): void {
    stopWatching = null
    if (!isWanted() || !isFull()) return
    const sentBefore = now() - overdueMs
    const before = overdue
    for (const attempt of sent) {
      if (attempt.overdue || attempt.sentAt > sentBefore || overdue >= maxOverdue) continue
      attempt.overdue = true
      overdue += 1
    }
    if (overdue > before) freed(overdue)
    if (isWanted()) wanted()
  }

  return {
    isFull,
    wanted,
    ended: (attempt) => {
      if (attempt.overdue) overdue -= 1
      attempt.overdue = false
      if (sent.length > 0) return
      stopWatching?.()
      stopWatching = null
    },
  }
}
