// The tunnel through ngrok: sessions, one after the other, each proved by a probe of its public URL.
import { monotonic, withDeadline } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { packageFile } from '../../core/instance.ts'
import type { Tunnel } from '../../core/ports.ts'
import { createRedactor } from '../../core/text/redact.ts'
import type { Connection, OpenConnection, OpenResult } from '../connection.ts'
import type { Probe } from '../probe.ts'
import { type BackOff, probeUntilAnswered } from '../reconnect-schedule.ts'
import { openReconnectingTunnel } from '../reconnecting.ts'
import { type Fork, forkNgrokChild } from './process.ts'
import { NGROK_INGRESS, ngrokFailed, refusalOf } from './refusal.ts'
import { openSession, type SessionOptions } from './session.ts'

/** All durations in milliseconds, but for the heartbeat's whole seconds. */
export interface NgrokOptions {
  readonly authtoken: string
  /** `null`: the account's own name. */
  readonly domain: string | null
  /** `host:port` of a custom agent ingress, and the PEM of its CA. */
  readonly serverAddr: string | null
  readonly ca: string | null
  /** The HTTP proxy of this network, which the SDK does not go through; for the remedy of a failure. */
  readonly proxy: string | null
  /** `127.0.0.1:<port>` of the gateway. */
  readonly upstream: string
  readonly probe: Probe
  /** How often an idle tunnel is probed. */
  readonly probeEveryMs: number
  /** How soon a missed probe is repeated. */
  readonly probeAgainMs?: number
  /** How often the SDK sends a heartbeat, and how long it waits for the answer. ngrok drops a silent agent after the sum. */
  readonly heartbeat?: { readonly intervalSeconds: number; readonly toleranceSeconds: number }
  readonly limitsMs?: Partial<NgrokLimits>
  readonly backOff?: BackOff
  /** The environment of this process; the SDK's gets the part that it needs. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fork?: Fork
}

interface NgrokLimits {
  /** For the start, all attempts together, the URL's first answer included. */
  readonly start: number
  /** For ngrok to say anything at all at the start: an attempt that fails later than this is the last one. */
  readonly reach: number
  /** For the start of the process of the SDK. */
  readonly fork: number
  /** For each of connecting and binding. */
  readonly stage: number
  /** For the URL to answer after a reconnect. */
  readonly answer: number
  /** For releasing the name at the end. */
  readonly close: number
}

// An attempt takes up to 5 s, and the next one begins within 2 s: whoever cannot reach ngrok knows it after some 10 s.
const LIMITS: NgrokLimits = { start: 30_000, reach: 8_000, fork: 10_000, stage: 5_000, answer: 10_000, close: 1_000 }

// A network path that died without a word is found within 8 s for the heartbeat and 3 s for the probe that follows it.
const HEARTBEAT = { intervalSeconds: 4, toleranceSeconds: 4 }
const HEARTBEAT_SPARE_MS = 2_000

/**
 * Opens the tunnel, and resolves when its public URL has answered a challenge. Rejects with `ngrokTokenRefused`, with
 * `tunnelFailed`, or, when the signal is aborted, with its reason; then no process is left.
 */
export async function openNgrok(options: NgrokOptions, signal: AbortSignal): Promise<Tunnel> {
  const { probe, probeEveryMs, probeAgainMs = 1_000, backOff = { minMs: 100, maxMs: 10_000 } } = options
  const limits = { ...LIMITS, ...options.limitsMs }
  const session = sessionOptions(options, limits)
  const { redact } = createRedactor([options.authtoken])
  const way = { server: options.serverAddr ?? NGROK_INGRESS, proxy: options.proxy }
  const beganAt = monotonic()

  const open: OpenConnection = async (answerLimitMs, attempt) => {
    try {
      const connection = await openSession(session, attempt)
      return await untilServing(connection, answerLimitMs, attempt)
    } catch (error) {
      attempt.throwIfAborted()
      const refusal = refusalOf(messageOf(error), redact, way)
      const isTooLate = !refusal.reached && monotonic() - beganAt >= limits.reach
      return isTooLate ? { ...refusal, retry: 'if-it-worked-before' } : refusal
    }
  }

  async function untilServing(
    connection: Connection,
    answerLimitMs: number,
    attempt: AbortSignal,
  ): Promise<OpenResult> {
    try {
      const result = await withDeadline([attempt, connection.ended], null, (either) =>
        probeUntilAnswered(probe, connection.url, answerLimitMs, { signal: either }),
      )
      if (result.answered) return { connection }
      await connection.kill()
      const message = `${connection.url} does not answer: ${result.reason}`
      return { failed: ngrokFailed(message), retry: 'always' }
    } catch (error) {
      await connection.kill()
      throw error
    }
  }

  const { intervalSeconds, toleranceSeconds } = options.heartbeat ?? HEARTBEAT
  // A missed one is reported before that, unless the process of the SDK hangs.
  const heartbeatLateMs = (intervalSeconds + toleranceSeconds) * 1_000 + HEARTBEAT_SPARE_MS
  const health = { probe, probeEveryMs, probeAgainMs, heartbeatLateMs }
  const schedule = { startLimitMs: limits.start, answerLimitMs: limits.answer, backOff }
  return openReconnectingTunnel(open, { ...health, ...schedule }, signal)
}

function sessionOptions(options: NgrokOptions, limits: NgrokLimits): SessionOptions {
  const { authtoken, domain, serverAddr, ca, upstream, heartbeat = HEARTBEAT } = options
  return {
    fork: options.fork ?? (() => forkNgrokChild(packageFile('dist/tunnel/ngrok/child.cjs'), options.env)),
    forkMs: limits.fork,
    stageMs: limits.stage,
    closeMs: limits.close,
    request: {
      type: 'open',
      authtoken,
      domain,
      serverAddr,
      ca,
      upstream,
      heartbeatSeconds: heartbeat.intervalSeconds,
      toleranceSeconds: heartbeat.toleranceSeconds,
    },
  }
}
