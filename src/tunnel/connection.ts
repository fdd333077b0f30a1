// What carries the traffic for now: one ngrok session, or the tunnel that somebody else keeps.

import type { DevHookError } from '../core/errors.ts'
import type { Off } from '../core/listeners.ts'

/** A way from a public URL to the gateway. A tunnel has one after the other. */
export interface Line {
  readonly url: string
  /** Aborted when the line is known to be gone; its reason is an `Error` that says why. */
  readonly ended: AbortSignal
  /** Hears of every heartbeat that was due: answered, or missed. */
  onHeartbeat(listener: (answered: boolean) => void): Off
  /** Ends it in order, within a limit. Idempotent. */
  close(): Promise<void>
  /** Ends it at once, for when it is in doubt. Idempotent. */
  kill(): Promise<void>
}

/** An attempt to open a line. A failure may be worth another attempt, only if it worked before, or never. */
export type Opened =
  | { readonly line: Line }
  | { readonly failed: DevHookError; readonly retry: 'yes' | 'if-it-worked-before' | 'no' }

/**
 * Opens a line that serves: its URL has answered a challenge. An attempt gives up by itself when the URL has not answered
 * for `patienceMs`. Rejects only when the signal is aborted; then nothing of it is left.
 */
export type OpenLine = (patienceMs: number, signal: AbortSignal) => Promise<Opened>
