// Listeners to one thing among very many, such as one conversation: what happens elsewhere does not wake them.
import { createListeners, type Listeners, type Off } from '../../core/listeners.ts'

export interface KeyedListeners {
  /** Adds a listener to what happens under a key. Returns the function that removes it. */
  on(key: string, listener: () => void): Off
  /** Calls every listener of a key. */
  emit(key: string): void
  /** Calls every listener of every key. */
  emitAll(): void
}

/** Creates a set of listeners, empty at first. */
export function createKeyedListeners(): KeyedListeners {
  const byKey = new Map<string, Listeners<void>>()
  return {
    on: (key, listener) => {
      const listeners = byKey.get(key) ?? createListeners<void>()
      byKey.set(key, listeners)
      const off = listeners.on(listener)
      return () => {
        off()
        if (listeners.size === 0) byKey.delete(key)
      }
    },
    emit: (key) => byKey.get(key)?.emit(),
    emitAll: () => {
      for (const listeners of byKey.values()) listeners.emit()
    },
  }
}
