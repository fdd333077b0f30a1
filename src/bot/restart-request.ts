// What the supervisor is asked for: nothing, a restart (the latest one wins), or the end, which is final.

export type Request =
  | { readonly type: 'none' }
  | { readonly type: 'restart'; readonly reason: string }
  | { readonly type: 'stop' }

export interface Requests {
  current(): Request
  /** A signal that is aborted as soon as there is a request; there is another one after each `clear`. */
  signal(): AbortSignal
  /** Aborted once the end is requested. */
  readonly stopSignal: AbortSignal
  add(request: Request): void
  /** Forgets a request for a restart, because it is being served; the one for the end stays. */
  clear(): void
}

/** Creates an empty set of requests. */
export function createRequests(): Requests {
  const stop = new AbortController()
  let current: Request = { type: 'none' }
  let requested = new AbortController()
  return {
    current: () => current,
    signal: () => requested.signal,
    stopSignal: stop.signal,
    add: (request) => {
      if (current.type === 'stop') return
      current = request
      requested.abort()
      if (request.type === 'stop') stop.abort()
    },
    clear: () => {
      if (current.type !== 'restart') return
      current = { type: 'none' }
      requested = new AbortController()
    },
  }
}
