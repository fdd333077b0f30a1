// Work that ends early: when somebody says so, or after a limit.

/** A limit in milliseconds, and what to say when it is over. */
export interface Limit {
  readonly ms: number
  readonly reason: string
}

/**
 * Runs `work` under a signal that is aborted, with the same reason, when one of `signals` is, or when the limit is over.
 * Leaves nothing behind on the signals: they live as long as the run, the work does not.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: on Node 20 the timeout may be collected as garbage, and then never comes.
 */
export async function under<T>(
  signals: readonly AbortSignal[],
  limit: Limit | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const offs = signals.map((signal) => onAbort(signal, () => controller.abort(signal.reason)))
  const timer = limit && setTimeout(() => controller.abort(new Error(limit.reason)), limit.ms)
  try {
    return await work(controller.signal)
  } finally {
    for (const off of offs) off()
    if (timer) clearTimeout(timer)
  }
}

/** Calls back once when the signal is aborted, at once if it is already. Returns the function that undoes it. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
