// The messages of the daemon to its watchdog, one JSON object a line.

import type { Proxies } from '../../core/http/proxy.ts'
import { valueIn } from '../../core/json.ts'
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
  /** The text of the snapshot's file. */
  | { readonly type: 'snapshot'; readonly text: string }
  /** Whether the process still answers: it does with a line. */
  | { readonly type: 'ask' }
  | { readonly type: 'dismiss' }

/**
 * Parses one line; `null` for one that is torn, as the last one may be when the daemon is killed, or otherwise not a message.
 * It comes from our own daemon through a private pipe, so the rest of its shape is known by its type.
 */
export function parseMessage(line: string): WatchdogMessage | null {
  try {
    const message: unknown = JSON.parse(line)
    return isMessage(message) ? message : null
  } catch {
    // Not JSON: what came before it still holds.
    return null
  }
}

const TYPES: ReadonlySet<unknown> = new Set([
  'arm',
  'tokens',
  'bot',
  'snapshot',
  'ask',
  'dismiss',
] satisfies WatchdogMessage['type'][])

const isMessage = (value: unknown): value is WatchdogMessage => TYPES.has(valueIn(value, 'type'))
