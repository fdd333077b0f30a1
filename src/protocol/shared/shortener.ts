// How much text a shared file shows: of each part so much, and of all bodies together so much.
import { formatSize } from '../../core/text/size.ts'

/** Cuts a text to a length, with the size of what is left out. */
export interface Shortener {
  (text: string, longest: number): string
  /** The same for a body; those beyond the size of all bodies together are left out. */
  body(text: string, longest: number): string
}

/** All bodies together, in characters: a file that a mail takes, and a telephone opens. */
const MAX_BODIES = 2_000_000

/** Begins with nothing shown. */
export function createShortener(maxBodies: number = MAX_BODIES): Shortener {
  let left = maxBodies
  const cut = (text: string, longest: number): string => {
    if (text.length <= longest) return text
    return `${text.slice(0, longest)}\u2026 (${formatSize(text.length)}, of which the rest is not shown)`
  }
  const body = (text: string, longest: number): string => {
    if (left <= 0) return `(${formatSize(text.length)}, not shown: there are too many)`
    left -= Math.min(text.length, longest)
    return cut(text, longest)
  }
  return Object.assign(cut, { body })
}
