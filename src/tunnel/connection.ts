// What carries the traffic of a tunnel for now: one session with a provider, or a URL that somebody else serves.

import type { DevHookError } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'

/** A way from a public URL to the gateway. A reconnecting tunnel has one after the other. */
export interface Connection {
  readonly url: string
  /** Aborted when the connection is known to be gone; its reason is an `Error` that names the cause. */
  readonly ended: AbortSignal
  /** Adds a listener for heartbeats: called for each one that was due, with whether it was answered. */
  onHeartbeat(listener: (answered: boolean) => void): Off
  /** Ends the connection in order, within a limit. Idempotent. */
  close(): Promise<void>
  /** Ends the connection at once, for when it is in doubt. Idempotent. */
  kill(): Promise<void>
}

/** What an attempt to open a connection came to. Another attempt after a failure helps always, never, or only in a run that had a connection before. */
export type OpenResult =
  | { readonly connection: Connection }
  | { readonly failed: DevHookError; readonly retry: 'always' | 'if-it-worked-before' | 'never' }

/**
 * Opens a connection that serves: its URL has answered a challenge. The attempt fails when the URL has not answered within
 * `answerLimitMs`. Rejects only when the signal is aborted; nothing of the connection is left then.
 */
export type OpenConnection = (answerLimitMs: number, signal: AbortSignal) => Promise<OpenResult>
