// The chance of chaos: a number for each thing that may go wrong, which follows from the seed and not from time.
import { createHash } from 'node:crypto'
import { createRecentMap } from '../../core/recent-map.ts'

/** A number from 0 to, but not, 1: the same for the same seed and the same thing. */
export function chance(seed: number, what: string): number {
  return createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE() / 2 ** 32
}

/** Counts things by what they are, so that the n-th of a kind can be told from the others by that alone. */
export interface Counter {
  /** How many of this kind there were before this one. */
  next(kind: string): number
}

/** Creates a counter that has counted nothing; it remembers the `limit` kinds that were counted last at least. */
export function createCounter(limit: number): Counter {
  const counts = createRecentMap<string, number>(limit)
  return {
    next: (kind) => {
      const count = counts.get(kind) ?? 0
      counts.set(kind, count + 1)
      return count
    },
  }
}

/** Numbers things in the order in which they are first seen, from 1. */
export interface Numbers {
  of(id: string): number
}

/** Creates a numbering of nothing; it remembers the last `limit` things at least, and never gives a number twice. */
export function createNumbers(limit: number): Numbers {
  const numbers = createRecentMap<string, number>(limit)
  let last = 0
  return {
    of: (id) => {
      const known = numbers.get(id)
      if (known !== undefined) return known
      last += 1
      numbers.set(id, last)
      return last
    },
  }
}
