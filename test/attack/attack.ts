// What an attack is: something that is tried, and what has to be seen.
import fc from 'fast-check'

export interface Attack {
  /** What is tried, in a few words; the line of the report begins with it. */
  readonly tries: string
  /** Whether it takes too long for the tests of every day. */
  readonly isLong?: boolean
  /** Tries it. Resolves with what was seen, in words; rejects when dev-hook did not hold. */
  readonly run: (ground: Ground) => Promise<string>
}

/** How much is tried, and with which luck. */
export interface Ground {
  /** The first number in the short form, the second one in full. */
  times(short: number, full: number): number
  /** So many values; the same ones whenever the seed is the same. */
  sample<T>(of: fc.Arbitrary<T>, count: number): readonly T[]
}

/** The ground of one attack. */
export function groundOf({ tries }: Attack, seed: number, isFull: boolean): Ground {
  // Each attack has luck of its own: it is the same whichever others are tried.
  let next = Buffer.from(tries).reduce((sum, byte) => (sum * 31 + byte) | 0, seed)
  return {
    times: (short, full) => (isFull ? full : short),
    sample: (of, count) => fc.sample(of, { seed: next++, numRuns: count }),
  }
}
