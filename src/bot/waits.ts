// Waiting for a promise that a signal can cut short, without leaving a listener behind on a signal that lives long.

/** Resolves when the promise does, or when the signal is aborted. A rejection of the promise is a rejection here. */
export async function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let wake = (): void => {}
  const aborted = new Promise<void>((resolve) => {
    wake = resolve
  })
  signal.addEventListener('abort', wake, { once: true })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', wake)
  }
}

/** Resolves when the signal is aborted. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  await untilAborted(new Promise<never>(() => {}), signal)
}

/** Lets the rejection of a wait that its own signal cut short pass as its end; any other one stays an error. */
export async function cutShort(wait: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await wait
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
