// A write that the platform failed at is repeated after a fresh read, so that it never overwrites what changed meanwhile.
import { type Clock, MONOTONIC, retry } from '../../../core/async.ts'
import { exponential } from '../../../core/pace.ts'
import { isTransient } from '../../api/api-errors.ts'
import { REPEATING_MS } from '../../api/retry-policy.ts'

const TRIES = 4

/**
 * Reads, then writes; after a passing failure of the write both are done again, four times at most, and for as long as a call is
 * repeated. Throws the read's error at once, else the last error of the write.
 */
export async function readModifyWrite<Read, Result>(
  read: () => Promise<Read>,
  write: (read: Read) => Promise<Result>,
  signal: AbortSignal,
  clock: Clock = MONOTONIC,
): Promise<Result> {
  // The client has repeated the read already.
  let isWriting = false
  const attempt = async (): Promise<Result> => {
    isWriting = false
    const current = await read()
    isWriting = true
    return write(current)
  }
  const shouldRetry = (error: unknown): boolean => isWriting && isTransient(error)
  return retry(attempt, {
    tries: TRIES,
    pace: exponential(250, 4_000),
    limitMs: REPEATING_MS,
    shouldRetry,
    signal,
    clock,
  })
}
