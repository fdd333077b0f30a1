// A tunnel that somebody else keeps open: its public URL is probed until it answers, and then regularly.
import type { Clock } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import { withoutCredentials } from '../core/hook-url.ts'
import type { Tunnel } from '../core/ports.ts'
import type { Connection, OpenConnection } from './connection.ts'
import type { Probe } from './probe.ts'
import type { BackOff } from './reconnect-schedule.ts'
import { openReconnectingTunnel } from './reconnecting.ts'

export interface ExternalOptions {
  /** The public URL, without the hook path. */
  readonly url: string
  readonly probe: Probe
  /** How often an idle tunnel is probed, in ms. */
  readonly probeEveryMs: number
  /** How soon a missed probe is repeated, in ms. */
  readonly probeAgainMs?: number
  /** How long the URL may take to answer at the start, in ms. */
  readonly startLimitMs?: number
  readonly backOff?: BackOff
  readonly clock?: Clock
}

/** Resolves when the URL reaches this machine; rejects with `tunnelUnreachable` when it does not in time, or when the signal is aborted. */
export async function openExternal(options: ExternalOptions, signal: AbortSignal): Promise<Tunnel> {
  const defaults = { probeAgainMs: 1_000, startLimitMs: 10_000, backOff: { minMs: 100, maxMs: 10_000 } }
  const { url, probe } = options
  const connection: Connection = {
    url,
    ended: new AbortController().signal,
    onHeartbeat: () => () => {},
    close: async () => {},
    kill: async () => {},
  }
  const open: OpenConnection = async (_answerLimitMs, attempt) => {
    const result = await probe(url, attempt)
    if (result.answered) return { connection }
    const message = `${withoutCredentials(url)} does not reach this machine: ${result.reason}`
    return { failed: new DevHookError('tunnelUnreachable', message), retry: 'always' }
  }
  return openReconnectingTunnel(open, { ...defaults, ...options, answerLimitMs: 0 }, signal)
}
