// Trying the tunnel without a run: it is opened to a gateway that answers challenges only, fetches itself once, and is closed.
import { monotonic } from '../../core/async.ts'
import type { Reply } from '../../core/delivery.ts'
import { createHookAddress, withoutCredentials } from '../../core/hook-url.ts'
import { openGateway } from '../../gateway/server.ts'
import { challengeOf, challengeReply } from '../../protocol/challenge.ts'
import { openTunnel } from '../start/open-tunnel.ts'
import type { DaemonOptions } from '../types.ts'

/** What trying a tunnel has shown. */
export interface TriedTunnel {
  /** The public URL that has reached this machine, without credentials. */
  readonly url: string
  /** How long it took to open, its first answer included. */
  readonly ms: number
}

/** Less than a run takes to give up: somebody waits for this, and what may yet pass is worth telling now. */
export const TRY_TUNNEL_MS = 15_000

const NOT_FOUND: Reply = { status: 404, headers: [], body: Buffer.alloc(0) }

/**
 * Opens the tunnel that a config chooses, and closes it as soon as its public URL has answered. Nothing is registered. Rejects
 * with what would end a run: the error of the provider, or `portTaken`.
 */
export async function tryTunnel(
  { config, env, who }: Pick<DaemonOptions, 'config' | 'env' | 'who'>,
  signal: AbortSignal,
): Promise<TriedTunnel> {
  const address = createHookAddress()
  const accept = async ({ method, search }: { readonly method: string; readonly search: string }): Promise<Reply> => {
    const challenge = challengeOf(method, search)
    return challenge === null ? NOT_FOUND : challengeReply(challenge, who)
  }
  const gateway = await openGateway({ address, port: config.gatewayPort, accept, rejected: () => {} })
  try {
    const beganAt = monotonic()
    const tunnel = await openTunnel({ config, env, withinMs: TRY_TUNNEL_MS }, gateway, address, signal)
    const ms = monotonic() - beganAt
    const url = withoutCredentials(tunnel.current().url)
    await tunnel.close()
    return { url, ms }
  } finally {
    await gateway.close()
  }
}
