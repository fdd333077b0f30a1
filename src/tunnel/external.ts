// A public URL that somebody else keeps: probed until it answers, and then regularly.
import { DevHookError } from '../core/errors.ts'
import { withoutCredentials } from '../core/hook-url.ts'
import type { Tunnel } from '../core/ports.ts'
import type { Line, OpenLine } from './connection.ts'
import type { Probe } from './probe.ts'
import { keepTunnel } from './reconnecting.ts'

export interface ExternalOptions {
  /** The public URL, without the hook path. */
  readonly url: string
  readonly probe: Probe
  /** How often an idle tunnel is probed. */
  readonly probeEveryMs: number
  readonly probeAgainMs?: number
  /** How long the URL may take to answer at the start. */
  readonly startLimitMs?: number
  readonly backOffMs?: { readonly min: number; readonly max: number }
  readonly now?: () => number
  readonly random?: () => number
}

/** Resolves when the URL reaches us; rejects with `tunnelUnreachable` when it does not in time, or when the signal is aborted. */
export async function openExternal(options: ExternalOptions, signal: AbortSignal): Promise<Tunnel> {
  const { url, probe, probeEveryMs, probeAgainMs = 1_000, startLimitMs = 10_000 } = options
  const { backOffMs = { min: 100, max: 10_000 }, now = Date.now, random = Math.random } = options
  const line: Line = {
    url,
    ended: new AbortController().signal,
    onHeartbeat: () => () => {},
    close: async () => {},
    kill: async () => {},
  }
  const open: OpenLine = async (_patienceMs, attempt) => {
    const result = await probe(url, attempt)
    if (result.answered) return { line }
    const message = `${withoutCredentials(url)} does not reach this machine: ${result.reason}`
    return { failed: new DevHookError('tunnelUnreachable', message), retry: 'yes' }
  }
  const backOff = { minMs: backOffMs.min, maxMs: backOffMs.max, random }
  return keepTunnel(open, { probe, probeEveryMs, probeAgainMs, now, startLimitMs, patienceMs: 0, backOff }, signal)
}
