// When a delivery that the bot refused goes again: the one rule, and who takes part in it.
import type { Attempt } from '../core/delivery.ts'
import { backOff } from '../core/pace.ts'

// Refused means that nothing of it was sent, so it may go again without being doubled. The rule: it takes its old place in its
// lane, and everything is held until the bot is ready. What follows from that is not decided here:
//   the queue      holds, and reports that the bot is unreachable (`QueueEvents.unreachable`)
//   the bot        checks its port at once (`Bot.refused`), then as often as at a start, until it accepts
//   the traffic    releases the queue when the bot is ready again (`daemon/traffic/hold-while-down`)
// One that was refused alone, as by a relay that can hold others, keeps its lane waiting and nothing else, and goes again by itself.
// There is no limit to the number of attempts: the pipeline answers the platform in time, and cancels what it does not keep.

/** What becomes of a refused delivery. */
export type AfterRefusal =
  /** It goes back to its place in its lane, and the queue is held for this reason until it is released. */
  | { readonly next: 'requeue'; readonly hold: string }
  /** It goes back to its place, and its lane waits so long, in ms. */
  | { readonly next: 'again'; readonly afterMs: number; readonly reason: string }
  /** It ends so. */
  | { readonly next: 'end'; readonly attempt: Attempt }

type Refused = Extract<Attempt, { readonly outcome: 'refused' }>

const MIN_AGAIN_MS = 1_000
const MAX_AGAIN_MS = 15_000

/** The rule for the n-th attempt, when it was refused; `cancelled` is why the delivery was given up meanwhile, or `null`. */
export function afterRefusal(refused: Refused, n: number, cancelled: string | null): AfterRefusal {
  const { startedAt, ms, reason, alone } = refused
  if (cancelled !== null)
    return { next: 'end', attempt: { startedAt, ms, outcome: 'cancelled', reason: cancelled, sent: false } }
  if (alone === true) return { next: 'again', afterMs: backOff(n - 1, MIN_AGAIN_MS, MAX_AGAIN_MS), reason }
  return { next: 'requeue', hold: 'bot not reachable' }
}
