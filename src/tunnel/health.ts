// Watching a connection: whether heartbeats, deliveries and probes of its public URL prove that it still works.
import { type Clock, ignoreAbort, MONOTONIC, onAbort, poll } from '../core/async.ts'
import { messageOf } from '../core/errors.ts'
import { every } from '../core/pace.ts'
import type { Connection } from './connection.ts'
import type { Probe } from './probe.ts'

export interface HealthOptions {
  readonly probe: Probe
  /** How long nothing may come through before the public URL is probed, in ms. */
  readonly probeEveryMs: number
  /** How soon a missed probe is repeated, in ms. */
  readonly probeAgainMs: number
  /** How long no heartbeat may be reported, neither answered nor missed, in ms: whoever reports them may hang. Default: no limit. */
  readonly heartbeatLateMs?: number
  /** What waits and deadlines are measured with. */
  readonly clock?: Clock
  /** Milliseconds since the epoch; only to notice a jump. */
  readonly wallClock?: () => number
}

export interface Health {
  /** Notes that something came through, so that the idle probe can wait. */
  markActive(): void
  /** Ends the watch. Idempotent. */
  stop(): void
}

/** What is known of a connection. Times are of the monotonic clock, in ms. */
interface Evidence {
  /** When it last carried something. */
  readonly provedAt: number
  /** When a heartbeat was last reported, answered or missed. */
  readonly heartbeatAt: number
  readonly missedHeartbeats: number
  readonly missedProbes: number
}

/** So many signs that nobody answers, missed heartbeats and missed probes together, make a connection lost. */
const SIGNS = 2
const MAX_TICK_MS = 5_000
/** A tick that is off by more than this has slept with the machine, or somebody has set the clock. */
const JUMP_MS = 10_000

const isLost = ({ missedHeartbeats, missedProbes }: Evidence): boolean => missedHeartbeats + missedProbes >= SIGNS

/** Watches a connection until `stop`, or until it is lost: then calls `onLost` once, and stops by itself. */
export function startHealth(connection: Connection, options: HealthOptions, onLost: (reason: string) => void): Health {
  const { probe, probeEveryMs, probeAgainMs, heartbeatLateMs = Number.POSITIVE_INFINITY } = options
  const { clock = MONOTONIC, wallClock = Date.now } = options
  const tickMs = Math.min(MAX_TICK_MS, probeEveryMs)
  const stopping = new AbortController()
  const { signal } = stopping
  let evidence: Evidence = {
    provedAt: clock.now(),
    heartbeatAt: clock.now(),
    missedHeartbeats: 0,
    missedProbes: 0,
  }
  let tickDueAt = wallClock()
  let probing = false

  function stop(): void {
    stopping.abort()
    offHeartbeat()
    offEnded()
  }

  function lose(reason: string): void {
    if (signal.aborted) return
    stop()
    onLost(reason)
  }

  function markActive(): void {
    evidence = { ...evidence, provedAt: clock.now(), missedProbes: 0 }
  }

  function onHeartbeat(answered: boolean): void {
    // Answered heartbeats prove nothing about the traffic: the agent can be deaf to it and still send them.
    const missedHeartbeats = answered ? 0 : evidence.missedHeartbeats + 1
    evidence = { ...evidence, heartbeatAt: clock.now(), missedHeartbeats }
    if (isLost(evidence)) lose('the heartbeat stopped')
    else if (!answered) check()
  }

  function check(): void {
    if (probing) return
    probing = true
    probeUntilSure()
      .catch((error: unknown) => lose(messageOf(error)))
      .finally(() => {
        probing = false
      })
  }

  async function probeUntilSure(): Promise<void> {
    const result = await poll(
      async () => {
        const probed = await probe(connection.url, signal)
        if (probed.answered) markActive()
        else evidence = { ...evidence, missedProbes: evidence.missedProbes + 1 }
        return probed
      },
      ({ answered }) => answered || isLost(evidence),
      { pace: every(probeAgainMs), signal, clock },
    )
    if (!result.answered) lose(`the public URL does not answer: ${result.reason}`)
  }

  async function tick(): Promise<void> {
    const now = clock.now()
    // By the wall clock, since a monotonic one stands still while the machine sleeps; the sessions of a machine that slept are gone.
    const wallTime = wallClock()
    const jumped = Math.abs(wallTime - tickDueAt) > JUMP_MS
    tickDueAt = wallTime + tickMs
    if (now - evidence.heartbeatAt >= heartbeatLateMs) onHeartbeat(false)
    if (jumped || now - evidence.provedAt >= probeEveryMs) check()
  }

  const offHeartbeat = connection.onHeartbeat(onHeartbeat)
  const offEnded = onAbort(connection.ended, () => queueMicrotask(() => lose(messageOf(connection.ended.reason))))
  const ticking = poll(tick, () => false, { pace: every(tickMs), signal, clock })
  ignoreAbort(ticking, signal).catch((error: unknown) => lose(messageOf(error)))
  return { markActive, stop }
}
