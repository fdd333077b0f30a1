// What a tunnel provider is: what it needs, what it checks beforehand, what it announces, and how it opens.
import type { Tunnel } from '../core/ports.ts'
import type { Probe } from './probe.ts'

/** What a tunnel needs of this machine: where it ends, how its public URL is probed, and the environment. */
interface TunnelEnd {
  /** The gateway's port on 127.0.0.1. */
  readonly port: number
  readonly probe: Probe
  /** The environment of this process, of which a provider's own processes get the part that they need. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How long the opening may take, all attempts together, in ms; absent for the provider's own limit. */
  readonly withinMs?: number | undefined
}

/** What is announced while a tunnel opens. */
interface Opening {
  /** The public URL, where it is known beforehand. */
  readonly url: string | null
  /** Who forwards the URL to which port, where somebody else does. */
  readonly forwarded?: { readonly by: string; readonly port: number }
}

/**
 * One way to give the gateway a public URL, with the settings of one run. Its failures are `DevHookError`s that carry the
 * provider's own remedy wherever the code table has only a general one.
 */
export interface TunnelProvider {
  /** Checks what shows before anything is opened. Rejects when a credential is missing, or a setting cannot be used. */
  preflight(): Promise<void>
  /** What to announce while the tunnel to this port opens. */
  opening(port: number): Opening
  /**
   * Opens the tunnel; its public URL has answered a challenge when this resolves. Rejects when it cannot be opened, or when
   * the signal is aborted; nothing of the tunnel is left then.
   */
  open(end: TunnelEnd, signal: AbortSignal): Promise<Tunnel>
}
