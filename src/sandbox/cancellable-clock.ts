// A clock whose callbacks that are still to come can all be undone at once.
import type { Clock } from '../core/async.ts'
import type { Off } from '../core/listeners.ts'

export interface CancellableClock extends Pick<Clock, 'after'> {
  /** Undoes every callback that has not been called. */
  cancelAll(): void
}

/** Creates one on top of another clock. */
export function cancellable(clock: Pick<Clock, 'after'>): CancellableClock {
  const pending = new Set<Off>()
  return {
    after: (ms, callback) => {
      const cancel = clock.after(ms, () => {
        pending.delete(cancel)
        callback()
      })
      pending.add(cancel)
      return () => {
        pending.delete(cancel)
        cancel()
      }
    },
    cancelAll: () => {
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}
