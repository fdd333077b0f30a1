// Reads the webhook's secret from the platform again, when something is signed with another one than is known.
import { monotonic } from '../../core/async.ts'

export interface RereadOptions {
  /** Reads the secret from the platform; resolves with `null` when the platform does not show it. */
  readonly rereadSecret: () => Promise<string | null>
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** A flood of forged requests must not become a flood of API calls. */
const REREAD_EVERY_MS = 60_000

/** Creates a `rereadSecret` that reads once at a time, and once a minute at most: in between, it resolves with `null`. */
export function createReread(options: RereadOptions): () => Promise<string | null> {
  const { rereadSecret, now = monotonic } = options
  let last = Number.NEGATIVE_INFINITY
  let reading: Promise<string | null> | undefined
  return () => {
    if (reading) return reading
    if (now() - last < REREAD_EVERY_MS) return Promise.resolve(null)
    last = now()
    reading = rereadSecret().finally(() => {
      reading = undefined
    })
    return reading
  }
}
