// Watching one run of a bot from the outside: `starting` until its port accepts, `ready` until a forward is refused.
import { aborted, ignoreAbort } from '../core/async.ts'
import type { BotState } from '../core/ports.ts'
import type { Target, WaitForPort } from './readiness.ts'

export interface LookoutOptions {
  readonly target: Target
  readonly pid: number | null
  readonly announce: (state: BotState) => void
  /** Called once when it did not become ready within `lateMs`; not again before it has been ready. */
  readonly late: () => void
  readonly lateMs: number
  readonly waitForPort: WaitForPort
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
}

export interface Lookout {
  /** A forward was refused: no longer ready until the port accepts again. */
  readonly refused: () => void
  /** After it resolves nothing is announced any more. Idempotent. */
  readonly stop: () => Promise<void>
}

/** Starts looking. While the bot is ready nothing is polled. */
export function startLookout(options: LookoutOptions): Lookout {
  const { target, pid, announce, late, lateMs, waitForPort, sleep, now } = options
  let is: 'looking' | 'ready' | 'over' = 'looking'
  /** Cuts short whatever is waited for now. */
  let present = new AbortController()

  async function look(): Promise<void> {
    while (is !== 'over') {
      await untilOpen()
      if (is === 'ready') await aborted(present.signal)
    }
  }

  async function untilOpen(): Promise<void> {
    const since = now()
    const { signal } = enter('looking')
    announce({ state: 'starting', pid })
    void ignoreAbort(sleep(lateMs, signal).then(late), signal)
    await ignoreAbort(waitForPort(target, signal), signal)
    if (signal.aborted) return
    enter('ready')
    announce({ state: 'ready', pid, ms: Math.round(now() - since) })
  }

  /** Ends what is waited for, the warning too, and begins another wait. */
  function enter(next: 'looking' | 'ready'): AbortController {
    present.abort()
    present = new AbortController()
    is = next
    return present
  }

  const done = look()

  return {
    refused: () => {
      if (is === 'ready') present.abort()
    },
    stop: async () => {
      is = 'over'
      present.abort()
      await done
    },
  }
}
