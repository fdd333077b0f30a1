// The deliveries that went to the others, by what they are recognised by when they come again.

export interface PassedKeys {
  has(key: string | null): boolean
  /** Notes a delivery; returns the id of the first one with its key, if any. */
  add(key: string | null, id: string): string | undefined
}

/** Creates the memory of one run: the newest `limit` keys at least, twice as many at most. */
export function createPassedKeys(limit = 5_000): PassedKeys {
  // Two generations, of which the older one goes as a whole, as in the deduplicator.
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  return {
    has: (key) => key !== null && (young.has(key) || old.has(key)),
    add: (key, id) => {
      if (key === null) return undefined
      const first = young.get(key) ?? old.get(key)
      if (young.size >= limit) {
        old = young
        young = new Map()
      }
      young.set(key, first ?? id)
      return first
    },
  }
}
