// What is under way between the platform and the world, calls of the API and of webhooks, and that something has happened.
import { monotonic, nextTurn, poll, untilQuiet } from '../../core/async.ts'
import { createListeners, type Off } from '../../core/listeners.ts'

export interface Activity {
  /** Something has begun. Returns the function that says that it has ended; calling it twice does nothing. */
  begin(): Off
  /** Something is still to come by itself, soon. Returns the function that says that it has; calling it twice does nothing. */
  hold(): Off
  /** Something has happened that is not a call. */
  touch(): void
  /** Calls the listener whenever something has happened. Returns the function that removes it. */
  on(listener: () => void): Off
  /** Resolves when nothing is under way or to come, and nothing has happened for `quietMs`; rejects with the signal's reason. */
  settled(quietMs: number, signal: AbortSignal): Promise<void>
  /** How much is under way. */
  readonly underWay: number
  /**
   * Waits until nothing has been under way for `quietMs`, or until `limitMs` are over, both by the clock of this machine. Resolves
   * with whether it is quiet. Where nothing has begun since the last wait, nothing is waited for.
   */
  settle(quietMs: number, limitMs: number): Promise<boolean>
}

/** How often to look while something is under way, in ms: it ends within a few of them. */
const LOOK_MS = 2

/** Creates an observer who has seen nothing yet. */
export function createActivity(): Activity {
  const { on, emit } = createListeners<void>()
  let underWay = 0
  let held = 0
  let changedAt = Number.NEGATIVE_INFINITY
  let isSettled = true

  /** How long to wait at least before it can be quiet; 0 when it is. */
  function missing(quietMs: number): number {
    if (underWay > 0) return LOOK_MS
    return isSettled ? 0 : Math.max(0, changedAt + quietMs - monotonic())
  }

  return {
    get underWay() {
      return underWay
    },
    touch: emit,
    on,
    settled: (quietMs, signal) => untilQuiet(quietMs, () => underWay > 0 || held > 0, on, signal),
    hold: () => {
      let open = true
      held += 1
      return () => {
        if (!open) return
        open = false
        held -= 1
        emit()
      }
    },
    begin: () => {
      let open = true
      underWay += 1
      isSettled = false
      emit()
      return () => {
        if (!open) return
        open = false
        underWay -= 1
        changedAt = monotonic()
        emit()
      }
    },
    settle: async (quietMs, limitMs) => {
      // What was called a moment ago may not have come to its first call yet.
      await nextTurn()
      const pace = (): number => Math.max(1, missing(quietMs))
      const left = await poll(
        async () => missing(quietMs),
        (ms) => ms === 0,
        { pace, limitMs },
      )
      if (left === 0) isSettled = true
      return left === 0
    },
  }
}
