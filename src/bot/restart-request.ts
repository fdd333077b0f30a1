// What the supervisor is asked for: nothing, a restart (the latest one wins), or the end, which is final.

export type Request =
  | { readonly type: 'none' }
  /** `isSure`: certainly not caused by the bot itself. */
  | { readonly type: 'restart'; readonly reason: string; readonly isSure: boolean }
  | { readonly type: 'stop' }

export interface Requests {
  current(): Request
  /** A signal that is aborted as soon as there is a request; there is another one after each `clear`. */
  signal(): AbortSignal
  /** The same for a request that is not caused by the bot itself. */
  sureSignal(): AbortSignal
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
  let surelyRequested = new AbortController()
  return {
    current: () => current,
    signal: () => requested.signal,
    sureSignal: () => surelyRequested.signal,
    stopSignal: stop.signal,
    add: (request) => {
      if (current.type === 'stop') return
      current = merge(current, request)
      requested.abort()
      if (current.type !== 'restart' || current.isSure) surelyRequested.abort()
      if (request.type === 'stop') stop.abort()
    },
    clear: () => {
      if (current.type !== 'restart') return
      current = { type: 'none' }
      requested = new AbortController()
      surelyRequested = new AbortController()
    },
  }
}

/** The later request, as sure as either of them. */
function merge(earlier: Request, later: Request): Request {
  if (earlier.type !== 'restart' || later.type !== 'restart') return later
  return { ...later, isSure: earlier.isSure || later.isSure }
}
