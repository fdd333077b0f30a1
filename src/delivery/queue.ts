// The queue to the bot: sends each delivery at once, or holds it, in the order of its lane and within bounds.
import { MONOTONIC, monotonic, nextCall } from '../core/async.ts'
import type { Attempt, Delivery, RawHeaders } from '../core/delivery.ts'
import { createDenseList } from '../core/dense-list.ts'
import { MAX_WAITING_BYTES } from '../core/limits.ts'
import { createListeners } from '../core/listeners.ts'
import type { Queue, QueueItem, Ticket } from '../core/ports.ts'
import type { UnderWay } from './attempt.ts'
import { createLanes } from './lanes.ts'
import { createEntry, type QueueEntry } from './queue-entry.ts'
import { afterRefusal } from './refusal-policy.ts'
import { createSlots } from './slots.ts'

/** What the queue reports of an item. `held` is followed by `released`, or by `dropped` if the item is cancelled. */
export interface QueueEvents<Item> {
  /** An attempt begins; called before its first byte leaves. */
  sends(item: Item): void
  /** The n-th attempt of an item ended, counted from 1. */
  attempt(item: Item, n: number, attempt: Attempt): void
  /** The attempt was refused: the item waits again. */
  refused(item: Item): void
  /** The item has left the queue, with the attempt that ended it: never a refused one. */
  ended(item: Item, attempt: Attempt): void
  /** The item waits for the end of a hold, or behind an item that does. Waiting only for a free slot is not reported. */
  held(item: Item, reason: string): void
  /** The item is sent, after it was held for `ms`. */
  released(item: Item, ms: number): void
  /** The item is cancelled, after it was held for `ms`. */
  dropped(item: Item, ms: number): void
  /** The bot refused an attempt: everything is held until `release`. */
  unreachable(): void
  /** `count` attempts have gone unanswered for so long that they no longer take up a slot. */
  overdue(count: number): void
}

/** Starts an attempt; `written` is called right before its first byte is written. */
export type Send = (delivery: Delivery, headers: RawHeaders | undefined, written: () => void) => UnderWay

export interface QueueOptions<Item> {
  readonly send: Send
  readonly on: QueueEvents<Item>
  /** How many attempts may be under way, without the overdue ones. Default 64. */
  readonly inFlightLimit?: number
  /** After how many ms an attempt is overdue and gives up its slot. Default 18 s: by then the platform has its answer. */
  readonly overdueMs?: number
  /** How many attempts may be overdue. Default 1,024. */
  readonly maxOverdue?: number
  /**
   * How many deliveries may wait, and how many bytes of their bodies. Default 10,000 and `MAX_WAITING_BYTES`. Those that the bot has
   * refused come on top.
   */
  readonly maxWaiting?: number
  readonly maxWaitingBytes?: number
  /** How long the next delivery of a lane waits for the answer to the one before, in ms. Default 5 s. */
  readonly laneAnswerMs?: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
  /** Runs something after `ms`; returns what cancels it. */
  readonly after?: (ms: number, run: () => void) => () => void
}

const BEHIND = 'behind its conversation'

/** Creates a queue that lets everything through until it is held. */
// One story: every step changes the same counters, lanes and slots, and must leave them consistent.
export function createQueue<Item extends QueueItem>(options: QueueOptions<Item>): Queue<Item> {
  const { send, on, inFlightLimit = 64, maxWaiting = 10_000, maxWaitingBytes = MAX_WAITING_BYTES } = options
  const {
    laneAnswerMs = 5_000,
    overdueMs = 18_000,
    maxOverdue = 1_024,
    now = monotonic,
    after = MONOTONIC.after,
  } = options
  const lanes = createLanes<QueueEntry<Item>>()
  const sent = createDenseList<QueueEntry<Item>>()
  const idle = createListeners<void>()
  let arrivals = 0
  let waiting = 0
  let waitingBytes = 0
  let holdReason: string | null = null
  let closing: Promise<void> | undefined

  const slots = createSlots({
    limit: inFlightLimit,
    overdueMs,
    maxOverdue,
    sent: sent.items,
    isWanted: () => waiting > 0 && holdReason === null,
    freed: (overdue) => {
      on.overdue(overdue)
      pump()
    },
    now,
    after,
  })

  function submit(item: Item): Ticket | null {
    if (closing !== undefined) return null
    const ahead = unwritten(item.lane)
    const straight = holdReason === null && ahead === undefined && !slots.isFull() && !lanes.has(item.lane)
    const { length } = item.delivery.body
    if (!straight && (waiting >= maxWaiting || waitingBytes + length > maxWaitingBytes)) return null
    const entry = createEntry(item, arrivals++, cancel)
    if (straight) start(entry)
    else {
      if (ahead !== undefined && !lanes.has(item.lane)) lanes.block(ahead)
      wait(entry)
    }
    return entry
  }

  /**
   * An attempt of this lane of which no byte is written yet: if its kept connection turns out to be dead, it goes out on another one,
   * and must not be overtaken meanwhile.
   */
  function unwritten(lane: string | null): QueueEntry<Item> | undefined {
    if (lane === null) return undefined
    // A plain loop, because this runs for each delivery.
    for (const entry of sent.items) if (!entry.written && entry.laneName === lane) return entry
    return undefined
  }

  /** Makes an entry wait; `ownReason` is why it is held when nothing else is. */
  function wait(entry: QueueEntry<Item>, ownReason: string | null = null): void {
    entry.phase = 'waiting'
    entry.waitingSince = now()
    waiting += 1
    waitingBytes += entry.item.delivery.body.length
    const held = holdReason ?? ownReason
    const reason = held ?? (lanes.isSerial(entry.laneName) ? BEHIND : null)
    lanes.add(entry, held !== null)
    if (reason !== null) reportHeld(entry, reason)
    slots.wanted()
  }

  function reportHeld(entry: QueueEntry<Item>, reason: string): void {
    entry.held = true
    on.held(entry.item, reason)
  }

  function stopWaiting(entry: QueueEntry<Item>): void {
    waiting -= 1
    waitingBytes -= entry.item.delivery.body.length
  }

  function start(entry: QueueEntry<Item>): void {
    const { item } = entry
    entry.phase = 'sending'
    entry.attempts += 1
    entry.sentAt = now()
    entry.written = false
    sent.add(entry)
    on.sends(item)
    entry.underWay = send(item.delivery, item.headers, () => markWritten(entry))
    void entry.underWay.done.then((attempt) => attempted(entry, attempt))
  }

  function markWritten(entry: QueueEntry<Item>): void {
    entry.written = true
    if (entry.stopLaneWait !== null || entry.laneName === null) return
    lanes.passed(entry)
    if (waiting > 0) pump()
  }

  /** Sends what may go, in the order of arrival. */
  function pump(): void {
    while (holdReason === null && !slots.isFull()) {
      const next = lanes.take()
      if (next === null) break
      const { waiter: entry, serial } = next
      stopWaiting(entry)
      if (serial) entry.stopLaneWait = after(laneAnswerMs, () => unblockLaneAndPump(entry))
      start(entry)
      if (!entry.held) continue
      entry.held = false
      on.released(entry.item, now() - entry.waitingSince)
    }
    if (waiting > 0) slots.wanted()
  }

  /** Lets the next entry of a lane go, whether it waits for an answer or for another attempt. */
  function unblockLane(entry: QueueEntry<Item>): void {
    entry.stopLaneWait?.()
    entry.stopLaneWait = null
    lanes.passed(entry)
  }

  function unblockLaneAndPump(entry: QueueEntry<Item>): void {
    unblockLane(entry)
    pump()
  }

  function attempted(entry: QueueEntry<Item>, attempt: Attempt): void {
    sent.remove(entry)
    slots.ended(entry)
    entry.underWay = null
    on.attempt(entry.item, entry.attempts, attempt)
    unblockLane(entry)
    if (attempt.outcome === 'refused') refused(entry, attempt)
    else finish(entry, attempt)
    pump()
    if (sent.items.length === 0) idle.emit()
  }

  function refused(entry: QueueEntry<Item>, attempt: Extract<Attempt, { readonly outcome: 'refused' }>): void {
    on.refused(entry.item)
    const then = afterRefusal(attempt, entry.attempts, entry.cancelled)
    if (then.next === 'end') return finish(entry, then.attempt)
    if (then.next === 'again') {
      wait(entry, then.reason)
      lanes.block(entry)
      entry.stopLaneWait = after(then.afterMs, () => unblockLaneAndPump(entry))
      return
    }
    if (holdReason === null) hold(then.hold)
    wait(entry)
    on.unreachable()
  }

  function finish(entry: QueueEntry<Item>, attempt: Attempt): void {
    entry.phase = 'done'
    on.ended(entry.item, attempt)
  }

  function cancel(entry: QueueEntry<Item>, reason: string): void {
    if (entry.phase === 'done') return
    entry.cancelled ??= reason
    if (entry.phase === 'sending') {
      entry.underWay?.cancel(reason)
      return
    }
    lanes.remove(entry)
    stopWaiting(entry)
    if (entry.stopLaneWait !== null) unblockLaneAndPump(entry)
    if (entry.held) on.dropped(entry.item, now() - entry.waitingSince)
    finish(entry, { startedAt: Date.now(), ms: 0, outcome: 'cancelled', reason, sent: false })
  }

  function hold(reason: string): void {
    const already = holdReason !== null
    holdReason = reason
    if (already) return
    lanes.serialise()
    for (const entry of lanes.waiters()) if (!entry.held) reportHeld(entry, reason)
  }

  async function closeAll(): Promise<void> {
    const reason = 'dev-hook is ending'
    // Held, so that nothing is sent in place of what is cancelled.
    holdReason ??= reason
    for (const entry of lanes.waiters()) cancel(entry, reason)
    for (const entry of sent.items) cancel(entry, reason)
    await untilIdle()
  }

  async function untilIdle(signal?: AbortSignal): Promise<void> {
    if (sent.items.length === 0 || signal?.aborted) return
    await nextCall(idle.on, signal).catch(() => undefined)
  }

  return {
    submit,
    hold,
    release: () => {
      holdReason = null
      pump()
    },
    get holding() {
      return holdReason !== null
    },
    get waiting() {
      return waiting
    },
    get waitingBytes() {
      return waitingBytes
    },
    get inFlight() {
      return sent.items.length
    },
    idle: untilIdle,
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}
