// A map that forgets its oldest keys, for what is remembered of every delivery.

export interface RecentMap<K, V> {
  get(key: K): V | undefined
  /** Sets a value. Its key is then among the newest. */
  set(key: K, value: V): void
  delete(key: K): void
}

/** Creates an empty map that keeps the newest `limit` keys at least, and twice as many at most. */
export function createRecentMap<K, V>(limit: number): RecentMap<K, V> {
  // Two generations, of which the older one is dropped as a whole. Finding the oldest key of a single Map means stepping over every key
  // deleted before it, which took longer than everything else that is done for a delivery.
  let young = new Map<K, V>()
  let old = new Map<K, V>()

  return {
    get: (key) => young.get(key) ?? old.get(key),
    set: (key, value) => {
      if (young.size >= limit && !young.has(key)) {
        old = young
        young = new Map()
      }
      young.set(key, value)
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
  }
}
