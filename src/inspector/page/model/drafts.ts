// What somebody has begun to write: kept while the part of the page that it stands in is not shown.
import { useReducer } from 'preact/hooks'

export interface Drafts {
  /** What was begun; `null` for nothing. */
  read(key: string): string | null
  /** Keeps it, or forgets it with `null`. */
  keep(key: string, text: string | null): void
}

/** When there are more, the oldest is forgotten. */
const MAX_DRAFTS = 20

/** Creates them, in memory alone: secrets that somebody has put back may be among them. */
export function createDrafts(): Drafts {
  const kept = new Map<string, string>()
  return {
    read: (key) => kept.get(key) ?? null,
    keep: (key, text) => {
      kept.delete(key)
      if (text !== null) kept.set(key, text)
      for (const oldest of kept.keys()) if (kept.size > MAX_DRAFTS) kept.delete(oldest)
    },
  }
}

/** The drafts, for a component that is drawn again when it keeps one. */
export function useDrafts(drafts: Drafts): Drafts {
  const [, draw] = useReducer((count: number) => count + 1, 0)
  return {
    read: drafts.read,
    keep: (key, text) => {
      drafts.keep(key, text)
      draw(undefined)
    },
  }
}

/** A text that somebody writes, which is `first` until it is changed. */
export function useDraft(
  drafts: Drafts,
  key: string,
  first = '',
): readonly [text: string, write: (text: string) => void] {
  const { read, keep } = useDrafts(drafts)
  return [read(key) ?? first, (text) => keep(key, text === first ? null : text)]
}
