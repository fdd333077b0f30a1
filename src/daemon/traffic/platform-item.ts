// A delivery of the platform as an item of the queue, with what answers the platform.
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
  /** Answers the platform; `null` when it does not wait, or no longer. */
  answer: ((reply: Reply) => void) | null
  /** Resolves when the platform is answered; `null` when it has never waited. */
  answered: Promise<Reply> | null
  /** Cancels the timer after which the platform is answered without the bot. */
  cancelDeadline: Off | null
  /** Takes the item out of the queue, or aborts its attempt; `null` until it is in the queue. */
  cancel: ((reason: string) => void) | null
  index: number
}

/** Creates an item that is not in the queue yet, and whose answer nobody expects. */
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

/** Makes the platform wait for the answer to an item; resolves with that answer. */
export function expectAnswer(item: PlatformItem): Promise<Reply> {
  item.answered = new Promise((resolve) => {
    item.answer = resolve
  })
  return item.answered
}
