// How a component reads and keeps what somebody writes in it.
import { useReducer } from 'preact/hooks'
import type { Drafts } from './drafts.ts'
import { useModel } from './model.ts'

/** The drafts, for a component that is drawn again when it keeps one. */
export function useDrafts(): Drafts {
  const { drafts } = useModel()
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
export function useDraft(key: string, first = ''): readonly [text: string, write: (text: string) => void] {
  const { read, keep } = useDrafts()
  return [read(key) ?? first, (text) => keep(key, text === first ? null : text)]
}
