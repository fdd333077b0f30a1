// The search for the first commit at which something is different: halving what is left, around what cannot be tried.

/** What came of one commit; `skip`: it cannot be tried. */
export type Trial = 'good' | 'bad' | 'skip'

/** Where the search has ended: `first` is the index of the first bad one, `suspects` those of which each may be it. */
export interface SearchResult {
  readonly first: number | null
  /** Oldest first; one, where nothing had to be skipped next to it. */
  readonly suspects: readonly number[]
  /** The index of the last good one; -1 for what is before the list. */
  readonly lastGood: number
}

/**
 * Searches a list, oldest first, of which the last one is bad and what is before the first one is good. `trial` is called for as few
 * as possible, for none twice.
 */
export async function searchFirstBad(count: number, trial: (index: number) => Promise<Trial>): Promise<SearchResult> {
  let [good, bad] = [-1, count - 1]
  const skipped = new Set<number>()
  for (;;) {
    const next = nearestToMiddle(good, bad, skipped)
    if (next === null) {
      const suspects = Array.from({ length: bad - good }, (_, n) => good + 1 + n)
      return { first: suspects.length === 1 ? bad : null, suspects, lastGood: good }
    }
    const outcome = await trial(next)
    if (outcome === 'good') good = next
    else if (outcome === 'bad') bad = next
    else skipped.add(next)
  }
}

/** The one to try next; `null` when all between are skipped, or none is left. */
function nearestToMiddle(good: number, bad: number, skipped: ReadonlySet<number>): number | null {
  const middle = Math.floor((good + bad) / 2)
  const between = Array.from({ length: Math.max(0, bad - good - 1) }, (_, n) => good + 1 + n)
  const open = between.filter((index) => !skipped.has(index))
  const [nearest] = open.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
  return nearest ?? null
}
