// Things that come and go all the time, in no order.

/** What a thing in a bag must carry; the bag alone writes it. */
export interface InBag {
  place: number
}

/**
 * A bag. Not a Set or a Map: one that always changes keeps its old tables alive, which costs a tenth of the throughput of
 * whatever uses it for each delivery.
 */
export interface Bag<T extends InBag> {
  readonly items: readonly T[]
  add(item: T): void
  /** Nothing if it is not in. */
  remove(item: T): void
}

/** Creates an empty bag. Every change costs O(1). */
export function createBag<T extends InBag>(): Bag<T> {
  const items: T[] = []
  return {
    items,
    add: (item) => {
      item.place = items.push(item) - 1
    },
    remove: (item) => {
      if (items[item.place] !== item) return
      const last = items.pop()
      if (last === undefined || last === item) return
      items[item.place] = last
      last.place = item.place
    },
  }
}
