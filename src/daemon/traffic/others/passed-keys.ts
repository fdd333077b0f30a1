// The keys of deliveries that were passed on to others, by which they are recognised when they come again.
import { createRecentMap } from '../../../core/recent-map.ts'

export interface PassedKeys {
  has(key: string | null): boolean
  /** Adds the key of a delivery; returns the id of the first delivery with that key, if there was one. */
  add(key: string | null, id: string): string | undefined
}

/** How many keys are kept at least. */
const KEPT = 5_000

/** Creates the keys of one run. */
export function createPassedKeys(): PassedKeys {
  const ids = createRecentMap<string, string>(KEPT)
  return {
    has: (key) => key !== null && ids.get(key) !== undefined,
    add: (key, id) => {
      if (key === null) return undefined
      const first = ids.get(key)
      ids.set(key, first ?? id)
      return first
    },
  }
}
