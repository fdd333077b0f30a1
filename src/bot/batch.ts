// Gathering what comes in a burst, to tell it once.

export interface Batch {
  add(item: string): void
  /** Forgets what was gathered. */
  cancel(): void
}

/** Tells the items, each once, when none came for `quietMs`, and `longestMs` after the first one at the latest. */
export function createBatch(quietMs: number, longestMs: number, tell: (items: readonly string[]) => void): Batch {
  const items = new Set<string>()
  let quiet: NodeJS.Timeout | undefined
  let longest: NodeJS.Timeout | undefined

  function cancel(): void {
    clearTimeout(quiet)
    clearTimeout(longest)
    longest = undefined
    items.clear()
  }

  function flush(): void {
    const all = [...items]
    cancel()
    tell(all)
  }

  return {
    cancel,
    add: (item) => {
      items.add(item)
      clearTimeout(quiet)
      quiet = setTimeout(flush, quietMs)
      longest ??= setTimeout(flush, longestMs)
    },
  }
}
