// What the lines of a log add up to: one entry per delivery, in order of arrival.
import type { Settled } from '../core/ports.ts'
import type { AttemptHead, Content, DeliveryHead, Head } from './record-format.ts'
import type { Place } from './segments.ts'

/** A line that is known, and where its headers and body are: in memory until they are written, then at a place on disk. */
export interface Kept<H extends Head = Head> {
  readonly head: H
  at: Content | Place | null
}

export interface Entry {
  readonly delivery: Kept<DeliveryHead>
  /** Nearly always one. */
  attempts: readonly Kept<AttemptHead>[]
  settled: Settled | null
  /** What the platform was answered, once: a status of our own, else the first reply of the bot. */
  answer: Kept<AttemptHead> | number | null
}

export interface Ledger {
  /** Oldest first. */
  readonly entries: ReadonlyMap<string, Entry>
  /** Those of them that are acknowledged and not delivered, in no order. */
  readonly owed: ReadonlySet<Entry>
  /** Counts a line in; gives the entry that it belongs to, `null` when its delivery is not known (any more). */
  add(line: Kept): Entry | null
  /** The latest delivery with this key. */
  byKey(key: string): Entry | null
  /** Drops the deliveries that stood in segments before this one. */
  forgetBefore(segment: string): void
}

/** Creates an empty ledger. */
export function createLedger(): Ledger {
  const entries = new Map<string, Entry>()
  const keys = new Map<string, Entry>()
  const owed = new Set<Entry>()

  function addDelivery(delivery: Kept<DeliveryHead>): Entry {
    const { id, key } = delivery.head
    const known = entries.get(id)
    if (known !== undefined) return known
    const entry: Entry = { delivery, attempts: [], settled: null, answer: null }
    entries.set(id, entry)
    if (key !== null) keys.set(key, entry)
    return entry
  }

  return {
    entries,
    owed,
    add: (line) => {
      if (isDelivery(line)) return addDelivery(line)
      const entry = entries.get(line.head.id)
      if (entry === undefined) return null
      if (isAttempt(line)) addAttempt(entry, line)
      else if (line.head.t === 'settled') addSettlement(entry, line.head.settled, line.head.told)
      if (entry.settled === 'acknowledged') owed.add(entry)
      else if (owed.size > 0) owed.delete(entry)
      return entry
    },
    byKey: (key) => keys.get(key) ?? null,
    forgetBefore: (segment) => {
      for (const [id, entry] of entries) {
        const { head } = entry.delivery
        const written = segmentOf(entry)
        if (written === null || written >= segment) return
        entries.delete(id)
        owed.delete(entry)
        if (head.key !== null && keys.get(head.key) === entry) keys.delete(head.key)
      }
    },
  }
}

/** The segment that holds a delivery; `null` while it is not written. */
export const segmentOf = ({ delivery: { at } }: Entry): string | null =>
  at !== null && 'segment' in at ? at.segment : null

const isDelivery = (line: Kept): line is Kept<DeliveryHead> => line.head.t === 'delivery'
const isAttempt = (line: Kept): line is Kept<AttemptHead> => line.head.t === 'attempt'

/** The attempt whose reply was the last to come, if any came. */
export const lastAnswered = (entry: Entry): Kept<AttemptHead> | null =>
  entry.attempts.findLast(({ head }) => head.outcome === 'answered') ?? null

/**
 * What an attempt says by itself. A settlement follows in the next line where it is not all: when the platform was answered in
 * our own name, or was given back a delivery that the bot had answered.
 */
function addAttempt(entry: Entry, attempt: Kept<AttemptHead>): void {
  // A new array has no room to spare, of which there would be much in ten thousand of them.
  entry.attempts = [...entry.attempts, attempt]
  if (entry.settled !== null && entry.settled !== 'acknowledged') return
  if (attempt.head.outcome === 'answered') entry.settled = 'delivered'
  if (attempt.head.outcome === 'interrupted') entry.settled = 'interrupted'
}

function addSettlement(entry: Entry, settled: Settled, told: number | null): void {
  entry.settled = settled
  entry.answer ??= told ?? firstAnswered(entry)
}

/** What the platform was answered, or would have been had the run not been killed before that; `null` while there is no answer. */
export const answerTo = (entry: Entry): Kept<AttemptHead> | number | null => entry.answer ?? firstAnswered(entry)

const firstAnswered = (entry: Entry): Kept<AttemptHead> | null =>
  entry.attempts.find(({ head }) => head.outcome === 'answered') ?? null
