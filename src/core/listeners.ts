// Listeners: added, removed, kept apart from each other's errors; and a value that announces its changes to them.

/** Undoes an `on…`; calling it twice does nothing. */
export type Off = () => void

/** Everybody who listens to one kind of event. */
export interface Listeners<T> {
  /** How many there are. */
  readonly size: number
  /** Adds a listener; one that is added twice is called twice. Returns the function that removes it. */
  on(listener: (event: T) => void): Off
  /** Calls every listener. One that throws keeps no other from being called; its error surfaces as an uncaught one. */
  emit(event: T): void
}

/** Creates an empty set of listeners. */
export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(event: T) => void>()
  return {
    get size() {
      return listeners.size
    },
    on: (listener) => {
      // A function of its own, so that one that is added twice is called twice and removed once.
      const own = (event: T): void => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          // A listener is somebody else's code: its error is theirs, and must not end what only announced something.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
  }
}

/** A value that listeners are told of when it changes. */
export interface Observable<T> {
  current(): T
  /** Replaces the value, and calls every listener with the new one. */
  set(value: T): void
  on(listener: (value: T) => void): Off
}

/** Creates an observable value; nobody is called with the first one. */
export function createObservable<T>(first: T): Observable<T> {
  const { on, emit } = createListeners<T>()
  let current = first
  return {
    current: () => current,
    set: (value) => {
      current = value
      emit(value)
    },
    on,
  }
}
