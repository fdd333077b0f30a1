// A tunnel that somebody else keeps open: its public URL is probed until it answers, and then regularly.
import { type Clock, neverAborted } from '../core/async.ts'
import { DevHookError, ERRORS } from '../core/errors.ts'
import { withoutCredentials } from '../core/hook-url.ts'
import type { Tunnel } from '../core/ports.ts'
import type { Connection, OpenConnection } from './connection.ts'
import type { Probe } from './probe.ts'
import type { TunnelProvider } from './provider.ts'
import type { BackOff } from './reconnect-schedule.ts'
import { openReconnectingTunnel } from './reconnecting.ts'

/** What a tunnel of somebody else's needs of a config. */
export interface ExternalSettings {
  /** The public URL, without the hook path. */
  readonly url: string
  /** How often an idle tunnel is probed, in ms. */
  readonly probe: number
  /** Set where a development environment in the cloud forwards the URL: who does, and the command that makes it public. */
  readonly forwarding: { readonly by: string; readonly publish: string } | null
}

/** Creates the provider of a public URL that is given, or forwarded: nothing is opened, only probed. */
export function externalProvider({ url, probe: probeEveryMs, forwarding }: ExternalSettings): TunnelProvider {
  return {
    preflight: async () => {},
    opening: (port) => (forwarding === null ? { url: null } : { url, forwarded: { by: forwarding.by, port } }),
    open: ({ probe, withinMs }, signal) => {
      const limit = withinMs === undefined ? {} : { startLimitMs: withinMs }
      const remedy = forwarding && { remedy: remedyFor(forwarding) }
      return openExternal({ url, probe, probeEveryMs, ...limit, ...remedy }, signal)
    },
  }
}

// A forwarded port is for its owner alone until somebody opens it to the public.
const remedyFor = ({ by, publish }: NonNullable<ExternalSettings['forwarding']>): string =>
  `open the port to everybody (${publish}, or the Ports panel), or choose a tunnel with \`--tunnel\` in place of what ${by} forwards`

export interface ExternalOptions {
  /** The public URL, without the hook path. */
  readonly url: string
  readonly probe: Probe
  /** How often an idle tunnel is probed, in ms. */
  readonly probeEveryMs: number
  /** What to do when the URL does not reach this machine. Default: that of the code table. */
  readonly remedy?: string
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
  const { url, probe, remedy = ERRORS.tunnelUnreachable.remedy } = options
  const connection: Connection = {
    url,
    ended: neverAborted(),
    onHeartbeat: () => () => {},
    close: async () => {},
    kill: async () => {},
  }
  const open: OpenConnection = async (_answerLimitMs, attempt) => {
    const result = await probe(url, attempt)
    if (result.answered) return { connection }
    const message = `${withoutCredentials(url)} does not reach this machine: ${result.reason}`
    return { failed: new DevHookError('tunnelUnreachable', message, { remedy }), retry: 'always' }
  }
  return openReconnectingTunnel(open, { ...defaults, ...options, answerLimitMs: 0 }, signal)
}
