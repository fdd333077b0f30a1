// A binary heap whose items know their place in it, so that any of them can be moved or taken out.

/** What an item must carry; `-1` while it is in no heap. */
export interface Placed {
  place: number
}

export interface Heap<T extends Placed> {
  first(): T | undefined
  /** Puts an item in, or moves it to where it belongs by now. O(log n). */
  put(item: T): void
  /** Takes an item out; nothing if it is not in. O(log n). */
  remove(item: T): void
}

/** Creates an empty heap, ordered by `isBefore`. */
export function createHeap<T extends Placed>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = []

  function set(item: T, place: number): void {
    items[place] = item
    item.place = place
  }

  function rise(item: T): void {
    while (item.place > 0) {
      const parent = items[(item.place - 1) >> 1]
      if (parent === undefined || !isBefore(item, parent)) return
      swap(item, parent)
    }
  }

  function sink(item: T): void {
    for (;;) {
      const left = items[item.place * 2 + 1]
      const right = items[item.place * 2 + 2]
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || !isBefore(child, item)) return
      swap(item, child)
    }
  }

  function swap(a: T, b: T): void {
    const place = a.place
    set(a, b.place)
    set(b, place)
  }

  function put(item: T): void {
    if (item.place < 0) set(item, items.length)
    rise(item)
    sink(item)
  }

  return {
    first: () => items[0],
    put,
    remove: (item) => {
      if (item.place < 0) return
      const last = items.pop()
      if (last !== undefined && last !== item) {
        set(last, item.place)
        put(last)
      }
      item.place = -1
    },
  }
}
