// What is said of refused requests: a few of each kind at once, and how many more there were.
import { type Clock, MONOTONIC } from '../async.ts'
import type { Off } from '../listeners.ts'
import type { Rejection, RejectReason } from '../notices.ts'

/** How many of a kind are announced one by one in a window; anybody can send thousands a second. */
const MAX_SINGLE = 10

/** The length of a window, in ms. */
const WINDOW_MS = 10_000

export interface RefusalNotices {
  /** Announces a refused request, or counts it until its window is over. */
  add(rejection: Rejection): void
  /** Announces at once what was only counted, and from now on each one as it comes. */
  close(): void
}

/** The refusals of one kind since its window began. */
interface Window {
  refused: number
  /** The last that was only counted. */
  last: Rejection | null
  readonly cancelEnd: Off
}

/** Creates them; a window begins with the first refusal of a kind. */
export function createRefusalNotices(
  announce: (rejection: Rejection) => void,
  clock: Clock = MONOTONIC,
): RefusalNotices {
  const windows = new Map<RejectReason, Window>()
  let closed = false

  function end(reason: RejectReason): void {
    const window = windows.get(reason)
    windows.delete(reason)
    window?.cancelEnd()
    if (window === undefined || window.last === null) return
    const more = window.refused - MAX_SINGLE - 1
    announce(more === 0 ? window.last : { ...window.last, more })
  }

  function begin(reason: RejectReason): Window {
    const window: Window = { refused: 0, last: null, cancelEnd: clock.after(WINDOW_MS, () => end(reason)) }
    windows.set(reason, window)
    return window
  }

  return {
    add: (rejection) => {
      if (closed) return announce(rejection)
      const { reason } = rejection
      const window = windows.get(reason) ?? begin(reason)
      window.refused += 1
      if (window.refused <= MAX_SINGLE) announce(rejection)
      else window.last = rejection
    },
    close: () => {
      closed = true
      windows.forEach((_, reason) => end(reason))
    },
  }
}
