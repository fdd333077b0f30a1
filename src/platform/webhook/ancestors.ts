// The dev-hooks that a run stands in front of, and what was before each of them, as one tells another that joins it.
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { parseExact, stringifyExact } from '../api/exact-json.ts'

/** A dev-hook that a run stands in front of, and what it would put back itself. */
export interface Ancestor {
  readonly runId: string
  /** Those it was reached under, the newest last. */
  readonly urls: readonly string[]
  /** The whole hook as it was before; `null` when nothing was there. */
  readonly before: Json | null
  readonly beforeStatus: string | null
}

/**
 * Asks the dev-hook at a URL to let this run stand in front of it: it goes on, and is passed on to. Resolves with the dev-hooks that
 * stand behind this run from then on, the nearest first, or with why it was refused, in the middle of a sentence.
 */
export type Join = (
  asked: { readonly url: string; readonly secret: string | null },
  signal: AbortSignal,
) => Promise<{ readonly ancestors: readonly Ancestor[] } | { readonly refusal: string }>

/** How many may stand one behind the other. */
export const MAX_ANCESTORS = 16
/** How many URLs are told of each. */
export const MAX_ANCESTOR_URLS = 3

/** Encodes them, the nearest first, in so many characters at most: the farthest may have to be left out, and if need be, all of them. */
export function encodeAncestors(ancestors: readonly Ancestor[], maxLength: number): string {
  for (let count = ancestors.length; count > 0; count--) {
    const text = stringifyExact(ancestors.slice(0, count))
    if (text.length <= maxLength) return text
  }
  return '[]'
}

/** Decodes what `encodeAncestors` has made; `null` for anything else. */
export function decodeAncestors(text: string): readonly Ancestor[] | null {
  try {
    const value = parseExact(text)
    return isAncestors(value) ? value : null
  } catch {
    // Not JSON: whoever sent it is not a dev-hook of a kind that this one knows.
    return null
  }
}

/** Tells a list of ancestors from any other value. */
export const isAncestors = (value: unknown): value is readonly Ancestor[] =>
  Array.isArray(value) && value.length <= MAX_ANCESTORS && value.every(isAncestor)

function isAncestor(value: unknown): value is Ancestor {
  const urls = valueIn(value, 'urls')
  const before = valueIn(value, 'before')
  const status = valueIn(value, 'beforeStatus')
  return (
    textIn(value, 'runId') !== null &&
    Array.isArray(urls) &&
    urls.length <= MAX_ANCESTOR_URLS &&
    urls.every((url) => typeof url === 'string') &&
    (before === null || isRecord(before)) &&
    (status === null || typeof status === 'string')
  )
}
