// The deliveries that a person has marked: kept in this browser, for every run that has this address.
import { createObservable, type Observable } from '../../../core/listeners.ts'

export interface Marks {
  /** Their ids. */
  readonly ids: Observable<ReadonlySet<string>>
  toggle(id: string): void
}

const KEY = 'marked'
/** When there are more, the oldest are forgotten. */
const MAX_MARKS = 1_000

/** Reads them. A browser that keeps nothing for this page keeps them until it is closed. */
export function openMarks(window: Window): Marks {
  const ids = createObservable(read(window))
  // Another page of this browser has marked something.
  window.addEventListener('storage', ({ key }) => {
    if (key === KEY) ids.set(read(window))
  })
  return {
    ids,
    toggle: (id) => {
      const next = new Set(ids.current())
      if (!next.delete(id)) next.add(id)
      const kept = [...next].slice(-MAX_MARKS)
      ids.set(new Set(kept))
      try {
        window.localStorage.setItem(KEY, JSON.stringify(kept))
      } catch {
        // It is forbidden, or full: they last as long as the page then.
      }
    },
  }
}

function read(window: Window): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '[]')
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [])
  } catch {
    // Nothing may be kept here, or somebody else has written it.
    return new Set()
  }
}
