// Something that is asked for: on its way, there, or refused.
import { useEffect, useState } from 'preact/hooks'
import { problemOf } from './api.ts'

export type Loaded<T> =
  | { readonly is: 'loading'; readonly last: T | null }
  | { readonly is: 'there'; readonly value: T }
  | { readonly is: 'failed'; readonly message: string; readonly remedy: string | null; readonly last: T | null }

/** Loads something when a component is drawn, and again when one of `when` changes; what was there is kept meanwhile. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, when: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ is: 'loading', last: null })
  useEffect(() => {
    const ending = new AbortController()
    setLoaded((before) => ({ is: 'loading', last: latestOf(before) }))
    load(ending.signal).then(
      (value) => !ending.signal.aborted && setLoaded({ is: 'there', value }),
      (error: unknown) =>
        ending.signal.aborted || setLoaded((before) => ({ is: 'failed', ...problemOf(error), last: latestOf(before) })),
    )
    return () => ending.abort()
  }, when)
  return loaded
}

/** What is there, or was there before. */
export const latestOf = <T>(loaded: Loaded<T>): T | null => (loaded.is === 'there' ? loaded.value : loaded.last)
