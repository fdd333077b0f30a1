// Waiting in a browser: once after a while, before the next frame, or for the last of what was asked.
import type { Off } from '../../../core/listeners.ts'

/** Calls back once, after so many ms, unless that is undone before. */
export function later(run: () => void, ms: number): Off {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** A function that calls `run` before the next frame, once for however many calls. A hidden page draws none: a second then. */
export function oncePerFrame(run: () => void): () => void {
  let isAsked = false
  const now = (): void => {
    isAsked = false
    run()
  }
  return () => {
    if (isAsked) return
    isAsked = true
    if (document.hidden) setTimeout(now, 1_000)
    else requestAnimationFrame(now)
  }
}

/** A function that calls `run` so many ms after its last call. */
export function afterQuiet(run: () => void, ms: number): () => void {
  let cancel: Off = () => undefined
  return () => {
    cancel()
    cancel = later(run, ms)
  }
}

/** A function whose signals are those of one wish after the other: each call aborts the signal of the one before. */
export function createLatest(): () => AbortSignal {
  let latest = new AbortController()
  return () => {
    latest.abort()
    latest = new AbortController()
    return latest.signal
  }
}
