// Signals that end a command: the first one ends it in order, the second one at once.
import { createSharedAbort } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { endProcess } from '../end-process.ts'

/** How a signal is told apart from its repetition: a closing terminal sends SIGHUP up to three times. */
const SAME_MS = 1_000

const NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGBREAK: 21 }

/** How long the end at once waits for calls that are about to return from the system, in ms. */
const AT_ONCE_MS = 300

/**
 * Listens for the signals that end a command: calls `first` with the first one; at the second one calls `second`, and ends
 * the process. One that `isForOthers`, as Ctrl-C is for an editor that has the terminal, does nothing. Returns the function that
 * stops listening.
 */
export function onEndSignals(
  first: (signal: NodeJS.Signals) => void,
  second: () => void = () => undefined,
  isForOthers: (signal: NodeJS.Signals) => boolean = () => false,
): () => void {
  const names: NodeJS.Signals[] =
    process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
  let last: { readonly signal: NodeJS.Signals; readonly at: number } | null = null

  const listener = (signal: NodeJS.Signals): void => {
    if (isForOthers(signal)) return
    const now = performance.now()
    const before = last
    last = { signal, at: now }
    if (before === null) return first(signal)
    // npm and a terminal may both pass on the same one; a person needs longer to press Ctrl-C again on purpose.
    if (before.signal === signal && now - before.at < SAME_MS) return
    // From now on a signal has its own effect: nothing is left that could keep the process.
    stop()
    second()
    void endProcess(128 + (NUMBERS[signal] ?? 15), signal, AT_ONCE_MS)
  }

  const stop = (): void => {
    for (const name of names) process.off(name, listener)
  }
  for (const name of names) process.on(name, listener)
  return stop
}

/**
 * Does some work under a signal that is aborted by the first end signal; the second one ends the process. Work that breaks off with that
 * rejects with `interrupted`.
 */
export async function untilEndSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = createSharedAbort()
  const off = onEndSignals(() => end.abort())
  try {
    return await work(end.signal)
  } catch (error) {
    // Whoever was asked is said not to answer, and the person who has pressed Ctrl-C knows why.
    if (end.signal.aborted && isAbort(error))
      throw new DevHookError('interrupted', 'ended before it was done', { cause: error })
    throw error
  } finally {
    off()
  }
}

/** Whether something was thrown because a signal was aborted, whatever it was made into since, unless it says so itself. */
function isAbort(error: unknown): boolean {
  if (error instanceof DevHookError && error.is('interrupted')) return false
  for (let at = error; at instanceof Error; at = at.cause) if (at.name === 'AbortError') return true
  return false
}
