// An entry of the queue: an item, with the state that the queue, its lanes and its slots keep of it.
import type { Indexed } from '../core/dense-list.ts'
import type { QueueItem, Ticket } from '../core/ports.ts'
import type { UnderWay } from './attempt.ts'
import type { Waiter } from './lanes.ts'
import type { SlotUser } from './slots.ts'

/** A single object, because each one is allocated for every delivery. */
export interface QueueEntry<Item> extends Ticket, Waiter<QueueEntry<Item>>, Indexed, SlotUser {
  readonly item: Item
  phase: Ticket['phase']
  attempts: number
  waitingSince: number
  /** Whether `held` was reported, so that `released` or `dropped` must follow. */
  held: boolean
  underWay: UnderWay | null
  /** Whether the first byte of its attempt has been written. */
  written: boolean
  /** Why it was cancelled; `null` if it was not. */
  cancelled: string | null
  /** Ends the wait of its lane, for its answer or for its next attempt; `null` when the lane waits for neither. */
  stopLaneWait: (() => void) | null
}

/** Creates an entry; `order` rises with each arrival. */
export function createEntry<Item extends QueueItem>(
  item: Item,
  order: number,
  cancel: (entry: QueueEntry<Item>, reason: string) => void,
): QueueEntry<Item> {
  const entry: QueueEntry<Item> = {
    item,
    order,
    laneName: item.lane,
    phase: 'waiting',
    attempts: item.attempts,
    waitingSince: 0,
    sentAt: 0,
    overdue: false,
    held: false,
    underWay: null,
    written: false,
    index: -1,
    cancelled: null,
    stopLaneWait: null,
    lane: null,
    before: null,
    after: null,
    cancel: (reason) => cancel(entry, reason),
  }
  return entry
}
