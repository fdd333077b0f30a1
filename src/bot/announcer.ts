// The state of a bot as others see it, announced to whoever listens.
import type { BotState, Off } from '../core/ports.ts'

export interface Announcer {
  readonly current: () => BotState
  readonly announce: (state: BotState) => void
  readonly on: (listener: (state: BotState) => void) => Off
}

/** Creates it with a state that nobody is told. */
export function createAnnouncer(first: BotState): Announcer {
  const listeners = new Set<(state: BotState) => void>()
  let current = first
  return {
    current: () => current,
    announce: (state) => {
      current = state
      for (const listener of listeners) tell(listener, state)
    },
    on: (listener) => {
      // A listener of its own, so that one that is added twice is told twice and removed once.
      const own = (state: BotState): void => listener(state)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}

function tell(listener: (state: BotState) => void, state: BotState): void {
  try {
    listener(state)
  } catch (error) {
    // A listener is somebody else's code: its error must not leave a process behind, and surfaces as an uncaught one.
    queueMicrotask(() => {
      throw error
    })
  }
}
