// Stand-ins for the rooms, for tests of the corridor alone: every move is the test's.
import type { Attempt, Delivery, Label, RawHeaders, Reply } from '../../src/core/delivery.ts'
import { DevHookError } from '../../src/core/errors.ts'
import type { Journal, Queue, Recorded, Seen, Settled, Ticket } from '../../src/core/ports.ts'

/** A ticket whose phases the test decides. */
export interface FakeTicket extends Ticket {
  readonly delivery: Delivery
  readonly lane: string | null
  readonly headers: RawHeaders | undefined
  /** The number of its first attempt. */
  readonly n: number
  /** An attempt is under way. */
  sent(): void
  end(attempt: Attempt): void
}

export interface FakeQueue extends Queue {
  readonly tickets: FakeTicket[]
  full: boolean
}

export const attemptOf = (given: Reply | 'interrupted' | 'cancelled'): Attempt => {
  const base = { startedAt: 0, ms: 5 }
  return typeof given === 'string'
    ? { ...base, outcome: given, reason: given }
    : { ...base, outcome: 'answered', reply: given }
}

export function createFakeQueue(): FakeQueue {
  const tickets: FakeTicket[] = []
  const queue: FakeQueue = {
    tickets,
    full: false,
    submit: (delivery, lane, headers, n = 1) => {
      if (queue.full) return null
      const ticket = createTicket({ delivery, lane, headers, n })
      tickets.push(ticket)
      return ticket
    },
    hold: () => undefined,
    release: () => undefined,
    holding: false,
    waiting: 0,
    waitingBytes: 0,
    inFlight: 0,
    idle: async () => undefined,
    close: async () => undefined,
  }
  return queue
}

function createTicket(given: Pick<FakeTicket, 'delivery' | 'lane' | 'headers' | 'n'>): FakeTicket {
  let phase: 'waiting' | 'sent' | 'done' = 'waiting'
  let resolve: (attempt: Attempt) => void
  const done = new Promise<Attempt>((settle) => {
    resolve = settle
  })
  const end = (attempt: Attempt): void => {
    phase = 'done'
    resolve(attempt)
  }
  return {
    ...given,
    done,
    end,
    phase: () => phase,
    sent: () => {
      phase = 'sent'
    },
    cancel: (reason) => end({ startedAt: 0, ms: 0, outcome: 'cancelled', reason }),
  }
}

/** A journal in memory. `broken` makes the disk refuse; `slow` keeps `synced` waiting until `sync()`. */
export interface FakeJournal extends Journal {
  readonly records: { readonly delivery: Delivery; readonly label: Label; readonly key: string | null }[]
  readonly settled: Map<string, Settled>
  readonly seenBefore: Map<string, Seen>
  /** What `find` finds. */
  readonly recorded: Map<string, Recorded>
  broken: boolean
  syncs: number
}

export function createFakeJournal(): FakeJournal {
  const recorded = new Map<string, Recorded>()
  const journal: FakeJournal = {
    recorded,
    records: [],
    settled: new Map(),
    seenBefore: new Map(),
    broken: false,
    syncs: 0,
    record: (delivery, label, key) => {
      journal.records.push({ delivery, label, key })
      return key !== null && journal.seenBefore.has(key)
    },
    recordAttempt: () => undefined,
    settle: (id, settled) => void journal.settled.set(id, settled),
    synced: async () => {
      journal.syncs += 1
      if (journal.broken) throw new DevHookError('stateUnwritable', 'no space left')
    },
    undelivered: () => [],
    find: (id) => recorded.get(id) ?? null,
    seen: (key) => journal.seenBefore.get(key) ?? null,
    close: async () => undefined,
  }
  return journal
}
