// The tunnel through ngrok: sessions, one after the other, each proved by a probe of its public URL.
import { withDeadline } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'

import type { Tunnel } from '../../core/ports.ts'
import { createRedactor } from '../../core/redact.ts'
import type { Line, Opened, OpenLine } from '../connection.ts'
import type { Probe } from '../probe.ts'
import { untilAnswered } from '../reconnect-schedule.ts'
import { keepTunnel } from '../reconnecting.ts'
import { type Fork, forkNgrokChild } from './process.ts'
import { refusalOf } from './refusal.ts'
import { openSession, type SessionOptions } from './session.ts'

/** All durations in milliseconds, but for the heartbeat's whole seconds. */
export interface NgrokOptions {
  readonly authtoken: string
  /** `null`: the account's own name. */
  readonly domain: string | null
  /** `host:port` of a custom agent ingress, and the PEM of its CA. */
  readonly serverAddr: string | null
  readonly ca: string | null
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
  readonly backOffMs?: { readonly min: number; readonly max: number }
  readonly fork?: Fork
  readonly now?: () => number
  readonly random?: () => number
}

interface NgrokLimits {
  /** For the start, all attempts together, the URL's first answer included. */
  readonly start: number
  /** For the start of the process of the SDK. */
  readonly fork: number
  /** For each of connecting and binding. */
  readonly stage: number
  /** For the URL to answer after a reconnect. */
  readonly answer: number
  /** For giving the name back at the end. */
  readonly close: number
}

const LIMITS: NgrokLimits = { start: 30_000, fork: 10_000, stage: 5_000, answer: 10_000, close: 1_000 }

// A network path that died without a word is found within 8 s for the heartbeat and 3 s for the probe that follows it.
const HEARTBEAT = { intervalSeconds: 4, toleranceSeconds: 4 }
const HEARTBEAT_SPARE_MS = 2_000

/**
 * Opens the tunnel, and resolves when its public URL has answered a challenge. Rejects with `ngrokTokenRefused`, with
 * `tunnelFailed`, or, when the signal is aborted, with its reason; then no process is left.
 */
export async function openNgrok(options: NgrokOptions, signal: AbortSignal): Promise<Tunnel> {
  const { probe, probeEveryMs, probeAgainMs = 1_000, backOffMs = { min: 100, max: 10_000 } } = options
  const { now = Date.now, random = Math.random } = options
  const limits = { ...LIMITS, ...options.limitsMs }
  const session = sessionOptions(options, limits)
  const { redact } = createRedactor([options.authtoken])

  const open: OpenLine = async (patienceMs, attempt) => {
    try {
      const line = await openSession(session, attempt)
      return await proved(line, patienceMs, attempt)
    } catch (error) {
      attempt.throwIfAborted()
      return refusalOf(messageOf(error), redact)
    }
  }

  async function proved(line: Line, patienceMs: number, attempt: AbortSignal): Promise<Opened> {
    try {
      const result = await withDeadline([attempt, line.ended], null, (either) =>
        untilAnswered(probe, line.url, patienceMs, random, either),
      )
      if (result.answered) return { line }
      await line.kill()
      const message = `${line.url} does not answer: ${result.reason}`
      return { failed: new DevHookError('tunnelFailed', message), retry: 'yes' }
    } catch (error) {
      await line.kill()
      throw error
    }
  }

  const backOff = { minMs: backOffMs.min, maxMs: backOffMs.max, random }
  const { intervalSeconds, toleranceSeconds } = options.heartbeat ?? HEARTBEAT
  // A missed one is told of before that, unless the process of the SDK hangs.
  const heartbeatLateMs = (intervalSeconds + toleranceSeconds) * 1_000 + HEARTBEAT_SPARE_MS
  const health = { probe, probeEveryMs, probeAgainMs, heartbeatLateMs, now }
  return keepTunnel(open, { ...health, startLimitMs: limits.start, patienceMs: limits.answer, backOff }, signal)
}

function sessionOptions(options: NgrokOptions, limits: NgrokLimits): SessionOptions {
  const { authtoken, domain, serverAddr, ca, upstream, heartbeat = HEARTBEAT } = options
  return {
    fork: options.fork ?? (() => forkNgrokChild(new URL('./child.js', import.meta.url))),
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
