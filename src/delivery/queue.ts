// When each delivery goes to the bot: at once, or held, in the order of its lane and within the bounds.

import type { Attempt, Delivery, RawHeaders } from '../core/delivery.ts'
import { createBag, type InBag } from '../core/dense-list.ts'
import type { Queue, Ticket } from '../core/ports.ts'
import type { UnderWay } from './attempt.ts'
import type { Forward } from './forwarder.ts'
import { createLanes, type Waiter } from './lanes.ts'
import { createPlaces, type Placed } from './slots.ts'

/** What the queue tells the corridor. `held` and `released` of one delivery alternate; one that is cancelled meanwhile is dropped instead. */
export interface QueueEvents {
  /** A delivery waits for the end of a hold, or behind one that does. Waiting for a free place alone is not told. */
  held(delivery: Delivery, reason: string): void
  /** It goes, after so many ms. */
  released(delivery: Delivery, ms: number): void
  /** It was held for so many ms, and is cancelled. */
  dropped(delivery: Delivery, ms: number): void
  /** The n-th attempt of a delivery ended, counted from 1. */
  attempt(delivery: Delivery, n: number, attempt: Attempt): void
  /** An attempt was refused: the queue holds until it is released. */
  refused(): void
  /** So many attempts are not answered any more, and count no longer. */
  overdue(count: number): void
}

export interface QueueOptions {
  readonly forward: Forward
  readonly on: QueueEvents
  /** Attempts under way at most, but for the overdue. Default 64. */
  readonly inFlightLimit?: number
  /** An attempt that takes longer gives up its place, in ms. Default 18 s: by then the platform has its answer. */
  readonly overdueMs?: number
  /** How many may do that. Default 1,024. */
  readonly maxOverdue?: number
  /** Waiting deliveries at most, in number and in bytes of their bodies. Default 10,000 and 256 MiB. Those that were refused come on top. */
  readonly maxWaiting?: number
  readonly maxWaitingBytes?: number
  /** How long the next one of a lane waits for the answer to the one before. Default 5 s. */
  readonly laneAnswerMs?: number
  readonly now?: () => number
  /** Runs something later; returns what prevents it. */
  readonly after?: (ms: number, run: () => void) => () => void
}

const NOT_REACHABLE = 'bot not reachable'
const BEHIND = 'behind its conversation'

interface Entry extends Waiter<Entry>, InBag, Placed {
  readonly delivery: Delivery
  readonly headers: RawHeaders | undefined
  readonly settle: (attempt: Attempt) => void
  phase: 'waiting' | 'sent' | 'done'
  attempts: number
  waitingSince: number
  /** Whether `held` was told, and `released` is owed. */
  held: boolean
  underWay: UnderWay | null
  cancelled: string | null
  forgetAnswer: (() => void) | null
}

/** Creates a queue that lets through until it is held. */
export function createQueue(options: QueueOptions): Queue {
  const { forward, on, inFlightLimit = 64, maxWaiting = 10_000, maxWaitingBytes = 256 * 1024 * 1024 } = options
  const { laneAnswerMs = 5_000, overdueMs = 18_000, maxOverdue = 1_024, now = Date.now, after = later } = options
  const lanes = createLanes<Entry>()
  const sent = createBag<Entry>()
  const idlers = new Set<() => void>()
  let arrivals = 0
  let waiting = 0
  let waitingBytes = 0
  let holdReason: string | null = null
  let closing: Promise<void> | undefined

  const places = createPlaces({
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

  function submit(delivery: Delivery, laneName: string | null, headers?: RawHeaders, n = 1): Ticket | null {
    if (closing !== undefined) return null
    const straight = holdReason === null && !places.isFull() && !lanes.has(laneName)
    if (!straight && (waiting >= maxWaiting || waitingBytes + delivery.body.length > maxWaitingBytes)) return null
    let settle: (attempt: Attempt) => void = () => {}
    const done = new Promise<Attempt>((resolve) => {
      settle = resolve
    })
    const entry: Entry = {
      delivery,
      headers,
      settle,
      order: arrivals++,
      laneName,
      phase: 'waiting',
      attempts: n - 1,
      waitingSince: 0,
      sentAt: 0,
      overdue: false,
      held: false,
      underWay: null,
      place: -1,
      cancelled: null,
      forgetAnswer: null,
      lane: null,
      before: null,
      after: null,
    }
    if (straight) send(entry)
    else wait(entry)
    return { phase: () => entry.phase, done, cancel: (reason) => cancel(entry, reason) }
  }

  function wait(entry: Entry): void {
    entry.phase = 'waiting'
    entry.waitingSince = now()
    waiting += 1
    waitingBytes += entry.delivery.body.length
    const reason = holdReason ?? (lanes.isSerial(entry.laneName) ? BEHIND : null)
    lanes.add(entry, holdReason !== null)
    if (reason !== null) tellHeld(entry, reason)
    places.wanted()
  }

  function tellHeld(entry: Entry, reason: string): void {
    entry.held = true
    on.held(entry.delivery, reason)
  }

  function leave(entry: Entry): void {
    waiting -= 1
    waitingBytes -= entry.delivery.body.length
  }

  function send(entry: Entry): void {
    entry.phase = 'sent'
    entry.attempts += 1
    entry.sentAt = now()
    sent.add(entry)
    entry.underWay = forward(entry.delivery, entry.headers)
    void entry.underWay.done.then((attempt) => ended(entry, attempt))
  }

  /** Sends what may go, first come first. */
  function pump(): void {
    while (holdReason === null && !places.isFull()) {
      const next = lanes.take()
      if (next === null) break
      const { waiter: entry, serial } = next
      leave(entry)
      send(entry)
      if (serial) entry.forgetAnswer = after(laneAnswerMs, () => unanswered(entry))
      if (!entry.held) continue
      entry.held = false
      on.released(entry.delivery, now() - entry.waitingSince)
    }
    if (waiting > 0) places.wanted()
  }

  /** The next one of the lane need not wait any longer. */
  function pass(entry: Entry): void {
    entry.forgetAnswer?.()
    entry.forgetAnswer = null
    lanes.passed(entry)
  }

  function unanswered(entry: Entry): void {
    pass(entry)
    pump()
  }

  function ended(entry: Entry, attempt: Attempt): void {
    sent.remove(entry)
    places.ended(entry)
    entry.underWay = null
    on.attempt(entry.delivery, entry.attempts, attempt)
    pass(entry)
    if (attempt.outcome !== 'refused') finish(entry, attempt)
    else if (entry.cancelled !== null)
      finish(entry, { ...attempt, outcome: 'cancelled', reason: entry.cancelled, sent: false })
    else putBack(entry)
    pump()
    if (sent.items.length === 0) for (const resolve of idlers) resolve()
  }

  /** Nothing of it was sent, so it takes its old place in its lane, and waits with the others for the bot. */
  function putBack(entry: Entry): void {
    if (holdReason === null) hold(NOT_REACHABLE)
    wait(entry)
    on.refused()
  }

  function finish(entry: Entry, attempt: Attempt): void {
    entry.phase = 'done'
    entry.settle(attempt)
  }

  function cancel(entry: Entry, reason: string): void {
    if (entry.phase === 'done') return
    entry.cancelled ??= reason
    if (entry.phase === 'sent') {
      entry.underWay?.cancel(reason)
      return
    }
    lanes.remove(entry)
    leave(entry)
    if (entry.held) on.dropped(entry.delivery, now() - entry.waitingSince)
    finish(entry, { startedAt: now(), ms: 0, outcome: 'cancelled', reason, sent: false })
  }

  function hold(reason: string): void {
    const already = holdReason !== null
    holdReason = reason
    if (already) return
    lanes.serialise()
    for (const entry of lanes.waiters()) if (!entry.held) tellHeld(entry, reason)
  }

  async function closeAll(): Promise<void> {
    const reason = 'dev-hook is ending'
    for (const entry of lanes.waiters()) cancel(entry, reason)
    for (const entry of sent.items) cancel(entry, reason)
    await idle()
  }

  function idle(signal?: AbortSignal): Promise<void> {
    if (sent.items.length === 0 || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = (): void => {
        idlers.delete(stop)
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      idlers.add(stop)
      signal?.addEventListener('abort', stop)
    })
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
    idle,
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
