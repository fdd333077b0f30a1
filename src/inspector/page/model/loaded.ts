// Something that is asked for: on its way, there, or refused.
import { useEffect, useRef, useState } from 'preact/hooks'
import { problemOf } from './api.ts'

export type Loaded<T> =
  | { readonly is: 'loading'; readonly last: T | null }
  | { readonly is: 'there'; readonly value: T }
  | { readonly is: 'failed'; readonly message: string; readonly remedy: string | null; readonly last: T | null }

/**
 * Loads something when a component is drawn, and another thing when one of `what` changes. It is loaded once more when `fresh` changes:
 * after what is on its way, so that it comes however often that is. What was there is kept meanwhile.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  what: readonly unknown[],
  fresh: unknown = null,
): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ is: 'loading', last: null })
  const latest = useRef(load)
  latest.current = load
  const again = useRef<() => void>(() => undefined)
  const loadedFor = useRef(fresh)
  useEffect(() => {
    const ending = new AbortController()
    let isBusy = false
    let isStale = false
    const run = async (): Promise<void> => {
      isStale = isBusy
      if (isBusy) return
      isBusy = true
      setLoaded((before) => ({ is: 'loading', last: latestOf(before) }))
      const next = await latest.current(ending.signal).then(
        (value) => () => ({ is: 'there', value }) as const,
        (error: unknown) => (before: Loaded<T>) =>
          ({ is: 'failed', ...problemOf(error), last: latestOf(before) }) as const,
      )
      if (ending.signal.aborted) return
      isBusy = false
      setLoaded(next)
      if (isStale) void run()
    }
    again.current = () => void run()
    void run()
    return () => ending.abort()
  }, what)
  useEffect(() => {
    if (loadedFor.current !== fresh) again.current()
    loadedFor.current = fresh
  }, [fresh])
  return loaded
}

/** What is there, or was there before. */
export const latestOf = <T>(loaded: Loaded<T>): T | null => (loaded.is === 'there' ? loaded.value : loaded.last)
