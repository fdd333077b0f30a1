// Repeating a write that the platform failed at: each time with a fresh read before it, so that it never overwrites news.
import { backOff, sleep } from '../../core/time.ts'
import { isTransient } from '../api/api-errors.ts'

const TRIES = 4

/** Reads, then writes; after a passing failure of the write both are done again, four times at most. Throws what the last one threw. */
export async function afterFreshRead<Seen, Result>(
  read: () => Promise<Seen>,
  write: (seen: Seen) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    const seen = await read()
    try {
      return await write(seen)
    } catch (error) {
      if (attempt === TRIES - 1 || signal.aborted || !isTransient(error)) throw error
      await sleep(backOff(attempt, 250, 4_000), signal)
    }
  }
}
