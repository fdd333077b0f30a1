// Reading the webhook's secret from the platform again, when something was signed with another one than is known.
import { monotonic } from '../../core/async.ts'

export interface RereadOptions {
  /** Reads the secret from the platform again. */
  readonly rereadSecret: () => Promise<string | null>
  readonly rereadEveryMs?: number
  readonly now?: () => number
}

/** One read at a time, and not more often than allowed: a flood of forged requests must not become a flood of API calls. */
export function createReread(options: RereadOptions): () => Promise<string | null> {
  const { rereadSecret, rereadEveryMs = 60_000, now = monotonic } = options
  let last = Number.NEGATIVE_INFINITY
  let reading: Promise<string | null> | undefined
  return () => {
    if (reading) return reading
    if (now() - last < rereadEveryMs) return Promise.resolve(null)
    last = now()
    reading = rereadSecret().finally(() => {
      reading = undefined
    })
    return reading
  }
}
