// Stand-ins for the rooms, for tests of the corridor alone: every move is the test's. `fakes.test.ts` holds them to their ports.

import { nextCall } from '../../src/core/async.ts'
import type { Attempt, Delivery, Label, RawHeaders, Reply } from '../../src/core/delivery.ts'
import { DevHookError } from '../../src/core/errors.ts'
import { createListeners } from '../../src/core/listeners.ts'
import type { Journal, Queue, QueueItem, Recorded, Settled, Ticket } from '../../src/core/ports.ts'
import type { QueueEvents } from '../../src/delivery/queue.ts'
import { answerTo, createLedger, type Entry } from '../../src/journal/index-by-delivery.ts'
import { attemptContent, attemptHead, type Content, deliveryHead } from '../../src/journal/record-format.ts'

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

export const attemptOf = (given: Reply | 'interrupted' | 'cancelled'): Attempt => {
  const base = { startedAt: 0, ms: 5 }
  return typeof given === 'string'
    ? { ...base, outcome: given, reason: given }
    : { ...base, outcome: 'answered', reply: given }
}

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
    cancel: (reason) => end({ startedAt: 0, ms: 0, outcome: 'cancelled', reason, sent: phase === 'sending' }),
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
export interface FakeJournal extends Journal {
  /** Every call of `record`. */
  readonly records: { readonly delivery: Delivery; readonly label: Label; readonly key: string | null }[]
  /** What `settle` was called with last, for each delivery. */
  readonly settled: Map<string, Settled>
  broken: boolean
  /** How often `synced` was called. */
  syncs: number
}

const DAY_MS = 24 * 60 * 60_000

/** Creates an empty journal, which adds up what it is given as the real one does. */
export function createFakeJournal(now: () => number = Date.now): FakeJournal {
  const ledger = createLedger()
  let seq = 0
  let closed = false

  function recordedOf(entry: Entry): Recorded {
    const { delivery, attempts, settled } = entry
    const { id, receivedAt, label, method, search } = delivery.head
    const load = async (): Promise<Delivery> => ({ id, receivedAt, method, search, ...contentOf(delivery.at) })
    return { id, receivedAt, label, settled, attempts: attempts.at(-1)?.head.n ?? 0, load }
  }

  async function answerOf(entry: Entry): Promise<Reply | null> {
    const answer = answerTo(entry)
    if (answer === null) return null
    if (typeof answer === 'number') return { status: answer, headers: [], body: Buffer.alloc(0) }
    return answer.head.outcome === 'answered' ? { status: answer.head.status, ...contentOf(answer.at) } : null
  }

  const journal: FakeJournal = {
    records: [],
    settled: new Map(),
    broken: false,
    syncs: 0,
    record: (delivery, label, key) => {
      journal.records.push({ delivery, label, key })
      if (closed) return false
      const { headers, body } = delivery
      ledger.add({ head: deliveryHead(seq++, delivery, label, key), at: { headers, body } })
      return true
    },
    recordAttempt: (id, n, attempt) => {
      if (!closed) ledger.add({ head: attemptHead(seq++, id, n, attempt), at: attemptContent(attempt) })
    },
    settle: (id, settled, told) => {
      journal.settled.set(id, settled)
      if (!closed)
        ledger.add({ head: { t: 'settled', seq: seq++, id, settled, at: now(), told: told ?? null }, at: null })
    },
    synced: async (id) => {
      journal.syncs += 1
      if (journal.broken) throw new DevHookError('stateUnwritable', 'no space left')
      if (closed) throw new DevHookError('stateUnwritable', 'the journal is closed')
      if (ledger.entries.has(id)) return
      throw new DevHookError('stateUnwritable', `delivery ${id} is not in the journal`)
    },
    undelivered: () => [...ledger.entries.values()].filter(({ settled }) => settled === 'acknowledged').map(recordedOf),
    find: (id) => {
      const entry = ledger.entries.get(id)
      return entry === undefined ? null : recordedOf(entry)
    },
    seen: (key) => {
      const entry = ledger.byKey(key)
      if (entry === null || now() - entry.delivery.head.receivedAt > DAY_MS) return null
      return { id: entry.delivery.head.id, settled: entry.settled, answer: () => answerOf(entry) }
    },
    close: async () => {
      closed = true
    },
  }
  return journal
}

const contentOf = (at: Entry['delivery']['at']): Content =>
  at !== null && 'body' in at ? at : { headers: [], body: Buffer.alloc(0) }
