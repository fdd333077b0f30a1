// Once for all that asked for it, a little after the first of them.
import type { Off } from '../../../core/listeners.ts'

/**
 * A function that calls `run` so many ms after its first call, once for all calls until then: however many come, and for however long.
 * `after` runs something later.
 */
export function soon(run: () => void, ms: number, after: (run: () => void, ms: number) => Off): () => void {
  let isAsked = false
  return () => {
    if (isAsked) return
    isAsked = true
    after(() => {
      isAsked = false
      run()
    }, ms)
  }
}
