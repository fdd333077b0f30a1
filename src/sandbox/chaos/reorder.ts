// Deliveries that are held until the next one of their conversation has passed them.
import type { Clock } from '../../core/async.ts'

export interface Reorder {
  /** Waits for the next one of a lane to pass, a moment at most. Resolves at once where one waits there already. */
  hold(lane: string): Promise<void>
  /** One that was not held has been sent. */
  passed(lane: string): void
}

/** How long one waits where no next one comes, in ms. */
const LIMIT_MS = 1_000

/** Creates it with nothing held; `clock` is the platform's. */
export function createReorder(clock: Pick<Clock, 'after'>): Reorder {
  const held = new Map<string, () => void>()
  return {
    hold: (lane) => {
      if (held.has(lane)) return Promise.resolve()
      return new Promise((resolve) => {
        const letGo = (): void => {
          cancel()
          held.delete(lane)
          resolve()
        }
        const cancel = clock.after(LIMIT_MS, letGo)
        held.set(lane, letGo)
      })
    },
    passed: (lane) => held.get(lane)?.(),
  }
}
