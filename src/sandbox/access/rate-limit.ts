// The emulated API's limit on requests per second and key.

export interface RequestLimit {
  /** Counts a request under a key. Returns how many milliseconds to wait when it is one too many, else 0. */
  take(key: string): number
  /** Forgets what was counted. */
  clear(): void
}

const WINDOW_MS = 1_000

/** Creates a limit of `perSecond` requests for each key, counted in windows of a second. */
export function createRequestLimit(perSecond: number, now: () => number): RequestLimit {
  const windows = new Map<string, { readonly start: number; count: number }>()

  function take(key: string): number {
    const at = now()
    const known = windows.get(key)
    if (known !== undefined && at - known.start < WINDOW_MS) {
      known.count += 1
      return known.count > perSecond ? known.start + WINDOW_MS - at : 0
    }
    forget(at)
    windows.set(key, { start: at, count: 1 })
    return perSecond < 1 ? WINDOW_MS : 0
  }

  // Keys come and go with tokens: a window that is over is not worth keeping.
  function forget(at: number): void {
    for (const [key, window] of windows) {
      if (at - window.start >= WINDOW_MS) windows.delete(key)
    }
  }

  return { take, clear: () => windows.clear() }
}
