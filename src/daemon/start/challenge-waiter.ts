// The platform's challenges: the registration waits for the one that its claim causes.
import { nextCall } from '../../core/async.ts'
import { createListeners } from '../../core/listeners.ts'

export interface Challenges {
  /** A challenge was received. */
  received(): void
  /** Resolves with a challenge that nobody has waited for yet, or with the next one; rejects when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>
}

/** Creates the meeting point of the pipeline, which sees challenges, and the registration, which waits for them. */
export function createChallenges(): Challenges {
  const waiting = createListeners<void>()
  // The platform may send it before its answer to the claim, so before anybody waits.
  let isPending = false
  return {
    received: () => {
      isPending = waiting.size === 0
      waiting.emit()
    },
    next: async (signal) => {
      signal.throwIfAborted()
      if (!isPending) return nextCall(waiting.on, signal)
      isPending = false
    },
  }
}
