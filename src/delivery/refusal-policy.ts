// When a delivery that the bot refused goes again: the one rule, and who takes part in it.
import type { Attempt } from '../core/delivery.ts'

// Refused means that nothing of it was sent, so it may go again without being doubled. The rule: it takes its old place in its
// lane, and everything is held until the bot is ready. What follows from that is not decided here:
//   the queue      holds, and reports that the bot is unreachable (`QueueEvents.unreachable`)
//   the bot        checks its port at once (`Bot.refused`), then as often as at a start, until it accepts
//   the traffic    releases the queue when the bot is ready again (`daemon/traffic/hold-while-down`)
// There is no limit to the number of attempts: the pipeline answers the platform in time, and cancels what it does not keep.

/** What becomes of a refused delivery. */
export type AfterRefusal =
  /** It goes back to its place in its lane, and the queue is held for this reason until it is released. */
  | { readonly next: 'requeue'; readonly hold: string }
  /** It ends so. */
  | { readonly next: 'end'; readonly attempt: Attempt }

/** The rule for an attempt that was refused; `cancelled` is why the delivery was given up meanwhile, or `null`. */
export function afterRefusal({ startedAt, ms }: Attempt, cancelled: string | null): AfterRefusal {
  if (cancelled === null) return { next: 'requeue', hold: 'bot not reachable' }
  return { next: 'end', attempt: { startedAt, ms, outcome: 'cancelled', reason: cancelled, sent: false } }
}
