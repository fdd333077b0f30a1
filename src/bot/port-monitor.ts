// The state of one run of a bot, seen from the outside: `starting` until it is ready, `ready` until a forward is refused.
import { aborted, type Clock, ignoreAbort } from '../core/async.ts'
import type { BotState } from '../core/ports.ts'
import { type Readiness, untilReady } from './readiness.ts'

export interface PortMonitorOptions {
  readonly readiness: Readiness
  readonly pid: number | null
  readonly onState: (state: BotState) => void
  /** Called once when the bot did not become ready within `lateMs`; not again before it has been ready. */
  readonly onLate: () => void
  readonly lateMs: number
  /** The same before that, for what can be said sooner. */
  readonly onSlow?: () => void | Promise<void>
  readonly slowMs?: number
  readonly clock: Clock
}

export interface PortMonitor {
  /** Reports that a forward was refused: the bot counts as not ready until it is checked again. */
  readonly refused: () => void
  /** Ends the monitor; once it resolves, no state is announced any more. Idempotent. */
  readonly stop: () => Promise<void>
}

/** Starts to monitor a bot. While the bot is ready, nothing is polled. */
export function startPortMonitor(options: PortMonitorOptions): PortMonitor {
  const { readiness, pid, onState, onLate, lateMs, onSlow, slowMs = lateMs, clock } = options
  let phase: 'checking' | 'ready' | 'stopped' = 'checking'
  /** Aborted to end the wait of the present phase. */
  let present = new AbortController()

  async function monitor(): Promise<void> {
    while (phase !== 'stopped') {
      await check()
      if (phase === 'ready') await aborted(present.signal)
    }
  }

  async function check(): Promise<void> {
    const since = clock.now()
    const { signal } = enter('checking')
    onState({ state: 'starting', pid })
    void ignoreAbort(clock.sleep(lateMs, signal).then(onLate), signal)
    if (onSlow !== undefined) void ignoreAbort(clock.sleep(slowMs, signal).then(onSlow), signal)
    await ignoreAbort(untilReady(readiness, signal, clock), signal)
    if (signal.aborted) return
    enter('ready')
    onState({ state: 'ready', pid, ms: Math.round(clock.now() - since) })
  }

  /** Ends every wait of the phase before, the one for `lateMs` too. */
  function enter(next: 'checking' | 'ready'): AbortController {
    present.abort()
    present = new AbortController()
    phase = next
    return present
  }

  const done = monitor()

  return {
    refused: () => {
      if (phase === 'ready') present.abort()
    },
    stop: async () => {
      phase = 'stopped'
      present.abort()
      await done
    },
  }
}
