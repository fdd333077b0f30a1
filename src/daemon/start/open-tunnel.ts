// Opening the tunnel of a run, with the provider that its config chooses.
import type { Config } from '../../config/load.ts'
import type { HookAddress } from '../../core/hook-url.ts'
import type { NoticeBody } from '../../core/notices.ts'
import type { Gateway, Tunnel } from '../../core/ports.ts'
import { createProbe } from '../../tunnel/probe.ts'
import type { TunnelProvider } from '../../tunnel/provider.ts'
import { providerFor } from '../../tunnel/provider-table.ts'
import type { DaemonOptions } from '../types.ts'

/** Opens the tunnel to the gateway; its public URL has answered a challenge of this run when this resolves. */
export function openTunnel(
  { config, env, withinMs }: Pick<DaemonOptions, 'config' | 'env'> & { readonly withinMs?: number },
  { port }: Gateway,
  address: HookAddress,
  signal: AbortSignal,
  provider: TunnelProvider = providerFor(config),
): Promise<Tunnel> {
  return provider.open({ port, probe: createProbe(address, { proxies: config.proxies }), env, withinMs }, signal)
}

/** The notice that the tunnel to this port is being opened. */
export const openingNotice = (config: Config, port: number): NoticeBody => ({
  type: 'tunnel',
  state: 'opening',
  ...providerFor(config).opening(port),
})
