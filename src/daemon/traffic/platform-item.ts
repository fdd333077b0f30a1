// A delivery of the platform in the queue, with whoever waits for its answer.
import type { Delivery, Label, Reply } from '../../core/delivery.ts'
import type { Off } from '../../core/listeners.ts'
import type { Tracked } from './deduplicator.ts'

/** A delivery of the platform on its way to the bot. */
export interface PlatformItem {
  readonly kind: 'delivery'
  readonly delivery: Delivery
  readonly lane: string | null
  readonly attempts: number
  readonly tracked: Tracked
  /** When the platform began to wait, on the monotonic clock. */
  readonly since: number
  /** Answers the platform, once; `null` when it does not wait, or no longer. */
  answer: ((reply: Reply) => void) | null
  /** Resolves when the platform is answered. */
  answered: Promise<Reply> | null
  /** Ends the wait that answers in place of the bot. */
  cancelDeadline: Off | null
  cancel: ((reason: string) => void) | null
  index: number
}

/** Creates an item that is not in the queue yet, and whose answer nobody waits for. */
export function createItem(
  delivery: Delivery,
  { conversation }: Label,
  tracked: Tracked,
  { attempts, since }: Pick<PlatformItem, 'attempts' | 'since'>,
): PlatformItem {
  return {
    kind: 'delivery',
    delivery,
    lane: conversation,
    attempts,
    tracked,
    since,
    answer: null,
    answered: null,
    cancelDeadline: null,
    cancel: null,
    index: -1,
  }
}
