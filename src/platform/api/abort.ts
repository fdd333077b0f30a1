// Leaving a wait early without ending the work that others wait for too.

/** The promise's outcome, or the signal's reason if that is aborted first; the work behind the promise goes on. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

/** A signal that nobody aborts: for callers that have no wait to cancel. */
export const never = (): AbortSignal => new AbortController().signal
