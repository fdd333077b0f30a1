// The slots at the bot: so many attempts at a time, but for those that it no longer answers.

/** An attempt that takes up a slot. */
export interface SlotUser {
  /** When it was sent, in milliseconds of a clock that only goes forward. */
  sentAt: number
  /** Whether it has given up its slot. */
  overdue: boolean
}

export interface Slots {
  isFull(): boolean
  /** Reports that something waits for a slot: in time, attempts that are overdue give up theirs. */
  wanted(): void
  /** Reports that an attempt has ended. */
  ended(attempt: SlotUser): void
}

interface SlotsOptions {
  readonly limit: number
  readonly overdueMs: number
  readonly maxOverdue: number
  readonly sent: readonly SlotUser[]
  /** Whether something still waits for a slot. */
  readonly isWanted: () => boolean
  /** Called when attempts have given up their slots, with how many are overdue now. */
  readonly freed: (overdue: number) => void
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => () => void
}

/** Creates the slots. `sent` is read as it is at the time. */
export function createSlots(options: SlotsOptions): Slots {
  const { limit, overdueMs, maxOverdue, sent, isWanted, freed, now, after } = options
  let overdue = 0
  let stopWatching: (() => void) | null = null

  const isFull = (): boolean => sent.length - overdue >= limit

  // Once begun it goes on until the bot has nothing: under load, slots come and go with each delivery.
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
