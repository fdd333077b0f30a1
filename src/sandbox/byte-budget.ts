// A budget of memory: what is kept as long as there is room, the oldest forgotten first.

export interface ByteBudget {
  /** Keeps so many bytes more; `forget` is called once they are to go. */
  keep(bytes: number, forget: () => void): void
}

/** Creates an empty one. */
export function createByteBudget(maxBytes: number): ByteBudget {
  const kept: { readonly bytes: number; readonly forget: () => void }[] = []
  let first = 0
  let total = 0
  return {
    keep: (bytes, forget) => {
      kept.push({ bytes, forget })
      total += bytes
      for (let oldest = kept[first]; total > maxBytes && oldest !== undefined; oldest = kept[first]) {
        first += 1
        total -= oldest.bytes
        oldest.forget()
      }
      // Removed by the thousand: one by one would move all the others each time.
      if (first < 1_000) return
      kept.splice(0, first)
      first = 0
    },
  }
}
