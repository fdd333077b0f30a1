// The moment after the restore: what the platform had sent before it heard of it is still on its way.
import { sleep } from '../../core/async.ts'

export interface Linger {
  /** A delivery came in. */
  arrived(): void
  /** Resolves when none has come for a moment. */
  quiet(): Promise<void>
}

const QUIET_MS = 100
const LONGEST_MS = 600

/** Creates it. A platform that never stops is not waited for. */
export function createLinger(now: () => number = () => performance.now()): Linger {
  let last = Number.NEGATIVE_INFINITY
  return {
    arrived: () => {
      last = now()
    },
    quiet: async () => {
      const began = now()
      for (let since = began; now() - since < QUIET_MS && now() - began < LONGEST_MS; since = Math.max(began, last)) {
        await sleep(QUIET_MS - (now() - since))
      }
    },
  }
}
