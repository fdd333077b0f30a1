// The platform's challenges: the registration waits for the one that its claim causes.

export interface Challenges {
  /** One came in. */
  came(): void
  /** Resolves with a challenge that nobody has waited for yet, or with the next one; rejects when the signal is aborted. */
  next(signal: AbortSignal): Promise<void>
}

/** Creates the meeting point of the pipeline, which sees challenges, and the registration, which waits for them. */
export function createChallenges(): Challenges {
  const waiting = new Set<() => void>()
  // The platform may send it before its answer to the claim, so before anybody waits.
  let unheard = false

  function wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        waiting.delete(heard)
        signal.removeEventListener('abort', aborted)
      }
      const heard = (): void => {
        forget()
        resolve()
      }
      const aborted = (): void => {
        forget()
        reject(signal.reason)
      }
      waiting.add(heard)
      signal.addEventListener('abort', aborted, { once: true })
    })
  }

  return {
    came: () => {
      unheard = waiting.size === 0
      for (const heard of waiting) heard()
    },
    next: async (signal) => {
      signal.throwIfAborted()
      if (!unheard) return wait(signal)
      unheard = false
    },
  }
}
