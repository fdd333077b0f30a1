// What sends events, and what becomes of each.
import type { EventRequest } from '../../config/events/create-event.ts'
import type { Label, Outcome } from '../../core/delivery.ts'

/** What became of an event that was sent. */
export interface Sent {
  /** dev-hook's own id of the delivery; the platform's where no dev-hook has recorded it; `null` for none. */
  readonly id: string | null
  readonly label: Label
  /** `acknowledged`: the bot is not ready, and gets it later. `redelivery`: it had come before, and was not forwarded again. */
  readonly outcome: Outcome | 'acknowledged' | 'redelivery' | 'rejected'
  /** The bot's; `null` when it gave none. */
  readonly status: number | null
  readonly ms: number
  /** Why the bot gave none; `null` when it did. */
  readonly reason: string | null
  /** What somebody should know besides; absent for nothing. */
  readonly notes?: readonly string[]
}

export interface Sender {
  /** Sends one event; `raw` are the bytes to send in place of what the request makes. Rejects when nothing more can be sent. */
  send(request: EventRequest, raw: Buffer | null, signal: AbortSignal): Promise<Sent>
  close(): Promise<void>
}
