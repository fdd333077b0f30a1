// When a delivery is sent again that the bot refused: the rule, and who takes part in it.
import type { Attempt } from '../core/delivery.ts'
import { backOff } from '../core/pace.ts'

// Refused means that not a byte was sent, so the delivery can be sent again without reaching the bot twice. The rule: it returns to its
// place in its lane, and everything is held until the bot is ready. Others carry that out:
//   the queue      holds, and reports that the bot is unreachable (`QueueEvents.unreachable`)
//   the bot        checks its port at once (`Bot.refused`), then as often as at a start, until it accepts
//   the traffic    releases the queue when the bot is ready again (`daemon/traffic/hold-while-down`)
// A delivery that was refused alone, as by a relay that could take others, blocks only its lane, and is sent again after a while.
// The number of attempts has no limit: the pipeline answers the platform in time, and cancels what it does not keep.

/** What happens to a refused delivery. */
export type AfterRefusal =
  /** It returns to its place in its lane, and the queue is held for the reason `hold`. */
  | { readonly next: 'requeue'; readonly hold: string }
  /** It returns to its place, and its lane is blocked for `afterMs`. */
  | { readonly next: 'again'; readonly afterMs: number; readonly reason: string }
  /** It ends with `attempt`. */
  | { readonly next: 'end'; readonly attempt: Attempt }

type Refused = Extract<Attempt, { readonly outcome: 'refused' }>

const MIN_AGAIN_MS = 1_000
const MAX_AGAIN_MS = 15_000

/** What happens to a delivery whose n-th attempt was refused; `cancelled` is why it was given up meanwhile, or `null`. */
export function afterRefusal(refused: Refused, n: number, cancelled: string | null): AfterRefusal {
  const { startedAt, ms, reason, alone } = refused
  if (cancelled !== null)
    return { next: 'end', attempt: { startedAt, ms, outcome: 'cancelled', reason: cancelled, sent: false } }
  if (alone === true) return { next: 'again', afterMs: backOff(n - 1, MIN_AGAIN_MS, MAX_AGAIN_MS), reason }
  return { next: 'requeue', hold: 'bot not reachable' }
}
