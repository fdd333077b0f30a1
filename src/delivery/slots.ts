// The slots at the bot: how many attempts may be under way, not counting those that it does not answer.

/** An attempt that takes up a slot. */
export interface SlotUser {
  /** When it was sent, in milliseconds of a clock that only goes forward. */
  sentAt: number
  /** Whether it has given up its slot. */
  overdue: boolean
}

export interface Slots {
  isFull(): boolean
  /** Reports that something waits for a slot, so that overdue attempts give up theirs in time. */
  wanted(): void
  /** Reports that an attempt has ended. */
  ended(attempt: SlotUser): void
}

interface SlotsOptions {
  /** How many slots there are. */
  readonly limit: number
  /** After how many ms an attempt is overdue. */
  readonly overdueMs: number
  /** How many attempts may be overdue. */
  readonly maxOverdue: number
  /** The attempts under way, read live. */
  readonly sent: readonly SlotUser[]
  /** Whether something still waits for a slot. */
  readonly isWanted: () => boolean
  /** Called when attempts have given up their slots, with the number of all overdue ones. */
  readonly freed: (overdue: number) => void
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => () => void
}

/** Creates the slots of a queue. */
export function createSlots(options: SlotsOptions): Slots {
  const { limit, overdueMs, maxOverdue, sent, isWanted, freed, now, after } = options
  let overdue = 0
  let stopWatching: (() => void) | null = null

  const isFull = (): boolean => sent.length - overdue >= limit

  // The timer is kept until the bot has nothing left, because under load slots come and go with each delivery.
  function wanted(): void {
    if (stopWatching !== null || !isFull() || overdue >= maxOverdue) return
    stopWatching = after(Math.max(0, oldest() + overdueMs - now()), free)
  }

  const oldest = (): number =>
    sent.reduce((at, one) => (one.overdue ? at : Math.min(at, one.sentAt)), Number.POSITIVE_INFINITY)

  /** Frees the slots of overdue attempts: otherwise a bot that forgets to answer some deliveries would get no others. */
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
