// Watching a line: heartbeats, jumps of the clock, and probes of the public URL while nothing else proves that it works.
import { onAbort, sleep } from '../core/async.ts'
import { messageOf } from '../core/errors.ts'

import type { Line } from './connection.ts'
import type { Probe } from './probe.ts'

export interface HealthOptions {
  readonly probe: Probe
  /** How long nothing may come through before the public URL is probed. */
  readonly probeEveryMs: number
  /** How soon a missed probe is repeated. */
  readonly probeAgainMs: number
  /** How long nothing may be heard of heartbeats, where there are any: whoever tells of them may hang. */
  readonly heartbeatLateMs?: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Health {
  /** Something came through. */
  used(): void
  stop(): void
}

/** So many signs that nobody answers, missed heartbeats and missed probes together, make a line lost. */
const SIGNS = 2
const LONGEST_TICK_MS = 5_000
/** A timer that is later than this has slept with the machine. */
const JUMP_MS = 10_000

/** Watches until `stop`, or until the line is lost: then calls `onLost` once and stops by itself. */
export function startHealth(line: Line, options: HealthOptions, onLost: (reason: string) => void): Health {
  const { probe, probeEveryMs, probeAgainMs, heartbeatLateMs = Number.POSITIVE_INFINITY, now } = options
  const tickMs = Math.min(LONGEST_TICK_MS, probeEveryMs)
  const stopping = new AbortController()
  let provedAt = now()
  let tickedAt = now()
  let heardAt = now()
  let heartbeatsMissed = 0
  let probesMissed = 0
  let checking = false

  function stop(): void {
    stopping.abort()
    clearInterval(ticker)
    offHeartbeat()
    offEnded()
  }

  function lose(reason: string): void {
    if (stopping.signal.aborted) return
    stop()
    onLost(reason)
  }

  const isLost = (): boolean => heartbeatsMissed + probesMissed >= SIGNS

  function heard(answered: boolean): void {
    heardAt = now()
    // Answered heartbeats say nothing of the traffic: the agent can be deaf to it and still send them.
    heartbeatsMissed = answered ? 0 : heartbeatsMissed + 1
    if (isLost()) lose('the heartbeat stopped')
    else if (!answered) check()
  }

  function check(): void {
    if (checking) return
    checking = true
    probeUntilSure()
      .catch((error: unknown) => lose(messageOf(error)))
      .finally(() => {
        checking = false
      })
  }

  async function probeUntilSure(): Promise<void> {
    for (;;) {
      const result = await probe(line.url, stopping.signal)
      if (result.answered) return proved()
      probesMissed += 1
      if (isLost()) return lose(`the public URL does not answer: ${result.reason}`)
      await sleep(probeAgainMs, stopping.signal)
    }
  }

  function proved(): void {
    probesMissed = 0
    provedAt = now()
  }

  function tick(): void {
    const at = now()
    const jump = Math.abs(at - tickedAt - tickMs)
    tickedAt = at
    if (at - heardAt >= heartbeatLateMs) heard(false)
    if (jump > JUMP_MS || at - provedAt >= probeEveryMs) check()
  }

  const ticker = setInterval(tick, tickMs)
  const offHeartbeat = line.onHeartbeat(heard)
  const offEnded = onAbort(line.ended, () => queueMicrotask(() => lose(messageOf(line.ended.reason))))
  return { used: proved, stop }
}
