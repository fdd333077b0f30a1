// A list without order from which any item is removed at once: the last one takes its index.

/** An item of a dense list: its index in it, `-1` at first. The list alone writes it. */
export interface Indexed {
  index: number
}

/**
 * A list in no order. Not a Set or a Map: one that always changes keeps its old tables alive, which costs a tenth of the
 * throughput of whatever uses it for each delivery.
 */
export interface DenseList<T extends Indexed> {
  readonly items: readonly T[]
  add(item: T): void
  /** Removes an item; does nothing if it is not in the list. */
  remove(item: T): void
}

/** Creates an empty list. Every change costs O(1). */
export function createDenseList<T extends Indexed>(): DenseList<T> {
  const items: T[] = []
  return {
    items,
    add: (item) => {
      item.index = items.push(item) - 1
    },
    remove: (item) => {
      if (items[item.index] !== item) return
      const last = items.pop()
      if (last === undefined || last === item) return
      items[item.index] = last
      last.index = item.index
    },
  }
}
