// How a component reads a value that changes: it is drawn again when what it reads of it is another one.
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import type { Observable } from '../../../core/listeners.ts'

/** What a component reads of an observable value. `select` gives the same value, by identity, for what has not changed. */
export function useStore<T, Selected = T>(store: Observable<T>, select: (value: T) => Selected): Selected {
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const selected = select(store.current())
  const latest = useRef({ select, selected })
  latest.current = { select, selected }
  useLayoutEffect(() => {
    const look = (): void => {
      if (!Object.is(latest.current.select(store.current()), latest.current.selected)) draw(undefined)
    }
    // It may have changed between drawing and now.
    look()
    return store.on(look)
  }, [store])
  return selected
}
