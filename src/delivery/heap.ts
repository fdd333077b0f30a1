// A binary heap whose items know their index, so that any of them can be moved or removed.

/** An item of a heap, with its index: `-1` while it is in none. Only the heap writes it. */
export interface HeapItem {
  index: number
}

export interface Heap<T extends HeapItem> {
  first(): T | undefined
  /** Adds an item, or moves it to where it belongs now. O(log n). */
  put(item: T): void
  /** Removes an item; does nothing if it is not in the heap. O(log n). */
  remove(item: T): void
}

/** Creates an empty heap, ordered by `isBefore`. */
export function createHeap<T extends HeapItem>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = []

  function set(item: T, index: number): void {
    items[index] = item
    item.index = index
  }

  function rise(item: T): void {
    while (item.index > 0) {
      const parent = items[(item.index - 1) >> 1]
      if (parent === undefined || !isBefore(item, parent)) return
      swap(item, parent)
    }
  }

  function sink(item: T): void {
    for (;;) {
      const left = items[item.index * 2 + 1]
      const right = items[item.index * 2 + 2]
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || !isBefore(child, item)) return
      swap(item, child)
    }
  }

  function swap(a: T, b: T): void {
    const index = a.index
    set(a, b.index)
    set(b, index)
  }

  function put(item: T): void {
    if (item.index < 0) set(item, items.length)
    rise(item)
    sink(item)
  }

  return {
    first: () => items[0],
    put,
    remove: (item) => {
      if (item.index < 0) return
      const last = items.pop()
      if (last !== undefined && last !== item) {
        set(last, item.index)
        put(last)
      }
      item.index = -1
    },
  }
}
