// The messages of the daemon to its watchdog, one JSON object a line.
import type { Proxies } from '../../core/http/proxy.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'

/** All that is needed to restore without the daemon. */
export interface WatchdogOrders extends TokenPair {
  /** The state folder of the bot, where the snapshot is. */
  readonly folder: string
  readonly runId: string
  /** The name of the run for people. */
  readonly user: string
  readonly apiHost: string
  readonly email: string | null
  readonly proxies: Proxies
  /** `false`: the registration is to stay as it is; only the bot is ended. */
  readonly restore: boolean
}

export type WatchdogMessage =
  | { readonly type: 'arm'; readonly orders: WatchdogOrders }
  | { readonly type: 'tokens'; readonly tokens: TokenPair }
  | { readonly type: 'bot'; readonly pid: number | null }
  | { readonly type: 'dismiss' }

/** Reads one line. It comes from our own daemon through a private pipe, so its shape is known by its type. */
export const parseMessage = (line: string): WatchdogMessage => JSON.parse(line) as WatchdogMessage
