// A hash table from texts to numbers that stores only the hashes: a Map would keep the texts on the heap.

export interface HashChains {
  /** Adds a number under a text. It must be larger than all before it. */
  add(number: number, text: string): void
  /** The largest number, `first` or above, that was added under this text; 0 when there is none. `has` compares the text itself. */
  find(text: string, first: number, has: (number: number, text: string) => boolean): number
}

/** Creates an empty table that can find the last `length` numbers; `length` is a power of two. */
export function createHashChains(length: number): HashChains {
  // Twice as many, so that most chains have one link.
  const buckets = 2 * length
  /** The largest number of each bucket, and for each number the one before it in its bucket. */
  const heads = new Float64Array(buckets)
  const links = new Float64Array(length)
  const hashes = new Int32Array(length)

  return {
    add: (number, text) => {
      const hash = hashOf(text)
      const at = number & (length - 1)
      const bucket = hash & (buckets - 1)
      hashes[at] = hash
      links[at] = heads[bucket] ?? 0
      heads[bucket] = number
    },
    find: (text, first, has) => {
      const hash = hashOf(text)
      // Numbers fall along a chain, so the first that is too small ends the search.
      for (let number = heads[hash & (buckets - 1)] ?? 0; number >= first; ) {
        const at = number & (length - 1)
        if (hashes[at] === hash && has(number, text)) return number
        number = links[at] ?? 0
      }
      return 0
    },
  }
}

/** FNV-1a over the code units of a text, in 32 bits, mixed at the end because only the lowest bits choose a bucket. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
