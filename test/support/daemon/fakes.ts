// Stand-ins for the rooms, for tests of the corridor alone: every move is the test's. `test/contracts` holds them to their ports.

import { nextCall } from '../../../src/core/async.ts'
import type { Attempt, Delivery, Label, RawHeaders, Reply, Settled } from '../../../src/core/delivery.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { createListeners } from '../../../src/core/listeners.ts'
import type { Queue, QueueItem, Ticket } from '../../../src/core/ports.ts'
import type { QueueEvents } from '../../../src/delivery/queue.ts'
import { type ReadContent, recordedDelivery, seenDelivery } from '../../../src/journal/answers.ts'
import { type Content, replyContent } from '../../../src/journal/format/line-codec.ts'
import { attemptRecord, deliveryRecord, settlementRecord } from '../../../src/journal/format/record-format.ts'
import { createRunIndex } from '../../../src/journal/index/run-index.ts'
import type { RunRecord } from '../../../src/journal/index/stored-entries.ts'
import type { RunJournal } from '../../../src/journal/journal.ts'
import { createRecorded } from '../../../src/journal/recorded.ts'
import { anAttempt } from '../attempts.ts'

/** A ticket whose phases the test decides. */
export interface FakeTicket extends Ticket {
  readonly delivery: Delivery
  readonly lane: string | null
  readonly headers: RawHeaders | undefined
  /** The number of its first attempt. */
  readonly n: number
  /** Begins an attempt. */
  sent(): void
  /** Ends the attempt, begun or not: a refused one waits again. Does nothing once it is done. */
  end(attempt: Attempt): void
}

/** A queue that sends nothing by itself, held or not: the test calls `sent` and `end` of its tickets. */
export interface FakeQueue<Item extends QueueItem> extends Queue<Item> {
  /** Every ticket so far, in the order of their deliveries. */
  readonly tickets: FakeTicket[]
  /** Whether its bounds are reached. */
  full: boolean
}

export const attemptOf = (given: Reply | 'interrupted' | 'cancelled'): Attempt =>
  typeof given === 'string'
    ? anAttempt(given, { ms: 5, reason: given })
    : anAttempt('answered', { ms: 5, reply: given })

/** What the queue reports to whoever submits. */
type ItemEvents<Item> = Pick<QueueEvents<Item>, 'sends' | 'refused' | 'ended'>

/** Creates a queue that takes everything until it is `full` or closed. */
export function createFakeQueue<Item extends QueueItem>(on: ItemEvents<Item>): FakeQueue<Item> {
  const tickets: FakeTicket[] = []
  const inPhase = (phase: Ticket['phase']): FakeTicket[] => tickets.filter((one) => one.phase === phase)
  const idle = createListeners<void>()
  let holding = false
  let closed = false
  const queue: FakeQueue<Item> = {
    tickets,
    full: false,
    submit: (item) => {
      if (queue.full || closed) return null
      const ticket = createTicket(item, {
        ...on,
        ended: (ended, attempt) => {
          on.ended(ended, attempt)
          if (queue.inFlight === 0) idle.emit()
        },
      })
      tickets.push(ticket)
      return ticket
    },
    hold: () => {
      holding = true
    },
    release: () => {
      holding = false
    },
    get holding() {
      return holding
    },
    get waiting() {
      return inPhase('waiting').length
    },
    get waitingBytes() {
      return inPhase('waiting').reduce((sum, { delivery }) => sum + delivery.body.length, 0)
    },
    get inFlight() {
      return inPhase('sending').length
    },
    idle: async (signal) => {
      if (queue.inFlight > 0) await nextCall(idle.on, signal).catch(() => undefined)
    },
    close: async () => {
      closed = true
      for (const ticket of tickets) ticket.cancel('dev-hook is ending')
    },
  }
  return queue
}

function createTicket<Item extends QueueItem>(item: Item, on: ItemEvents<Item>): FakeTicket {
  let phase: Ticket['phase'] = 'waiting'
  const sent = (): void => {
    if (phase !== 'waiting') return
    phase = 'sending'
    on.sends(item)
  }
  const end = (attempt: Attempt): void => {
    if (phase === 'done') return
    // What is cancelled while it waits was never sent.
    if (attempt.outcome !== 'cancelled' || attempt.sent) sent()
    phase = attempt.outcome === 'refused' ? 'waiting' : 'done'
    if (attempt.outcome === 'refused') on.refused(item)
    else on.ended(item, attempt)
  }
  const { delivery, lane, headers, attempts } = item
  return {
    delivery,
    lane,
    headers,
    n: attempts + 1,
    get phase() {
      return phase
    },
    sent,
    end,
    cancel: (reason) => end(anAttempt('cancelled', { ms: 0, reason, sent: phase === 'sending' })),
  }
}

/** An item of the tests' own, with the attempt that ended it. */
export interface TestItem extends QueueItem {
  readonly done: Promise<Attempt>
  readonly end: (attempt: Attempt) => void
}

/** Creates an item for a queue whose `ended` calls its `end`. */
export function anItem(delivery: Delivery, lane: string | null = null, more: Partial<QueueItem> = {}): TestItem {
  let end: TestItem['end'] = () => undefined
  const done = new Promise<Attempt>((resolve) => {
    end = resolve
  })
  return { delivery, lane, attempts: 0, ...more, done, end }
}

/** A journal in memory. `broken` makes the disk refuse. */
export interface FakeJournal extends RunJournal {
  /** Every call of `record`. */
  readonly records: { readonly delivery: Delivery; readonly label: Label; readonly key: string | null }[]
  /** What `settle` was called with last, for each delivery. */
  readonly settled: Map<string, Settled>
  broken: boolean
  /** How often `synced` was called. */
  syncs: number
}

/** Creates an empty journal, which adds up what it is given as the real one does. */
export function createFakeJournal(now: () => number = Date.now): FakeJournal {
  const index = createRunIndex()
  const add = (record: RunRecord, content: Content | null) => index.add(record, content)
  let seq = 0
  let closed = false

  const journal: FakeJournal = {
    records: [],
    settled: new Map(),
    broken: false,
    syncs: 0,
    record: (delivery, label, key, editOf) => {
      journal.records.push({ delivery, label, key })
      if (closed) return false
      const { headers, body } = delivery
      add(deliveryRecord(seq++, delivery, label, key, editOf), { headers, body })
      return true
    },
    recordAttempt: (id, n, attempt) => {
      if (!closed) add(attemptRecord(seq++, id, n, attempt), replyContent(attempt))
    },
    settle: (id, settled, ownStatus) => {
      journal.settled.set(id, settled)
      const record = settlementRecord(seq++, id, settled, now(), ownStatus ?? null)
      if (!closed) add(record, null)
    },
    synced: async (id) => {
      journal.syncs += 1
      if (journal.broken) throw new DevHookError('stateUnwritable', 'no space left')
      if (closed) throw new DevHookError('stateUnwritable', 'the journal is closed')
      if (index.entries.has(id)) return
      throw new DevHookError('stateUnwritable', `delivery ${id} is not in the journal`)
    },
    undelivered: () =>
      [...index.entries.values()]
        .filter(({ summary }) => summary.settled === 'acknowledged')
        .map((entry) => recordedDelivery(entry, inMemory)),
    find: (id) => {
      const entry = index.entries.get(id)
      return entry === undefined ? null : recordedDelivery(entry, inMemory)
    },
    seen: (key) => {
      const latest = index.byKey(key)
      return latest === null ? null : seenDelivery(latest, now(), inMemory)
    },
    ...createRecorded(index.entries, 'no folder', inMemory),
    close: async () => {
      closed = true
    },
  }
  return journal
}

const inMemory: ReadContent = async (from) => (from !== null && 'body' in from ? from : null)
