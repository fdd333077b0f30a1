// Reading the log from any process, while the daemon may be writing it.
import type { Attempt, Delivery } from '../core/delivery.ts'
import { DevHookError, messageOf } from '../core/errors.ts'
import { createLedger, type Entry, type Kept, type Ledger } from './index-by-delivery.ts'
import { scanSegment } from './parser.ts'
import type { AttemptHead, Head } from './record-format.ts'
import { contentAt, eventsFolder, listSegments, placeOf } from './segments.ts'
import { type Summary, summarize } from './summary.ts'

export interface Filter {
  /** Only these; asked for every delivery in the log. */
  readonly where?: (summary: Summary) => boolean
  /** Received at or after, and before; milliseconds since the epoch. */
  readonly since?: number
  readonly until?: number
  /** Only the newest of what is left. */
  readonly last?: number
}

export interface RecordedAttempt {
  readonly n: number
  readonly attempt: Attempt
  /** True when of the reply's body only the beginning was kept. */
  readonly cut: boolean
}

/** A delivery with everything that is known of it. */
export interface RecordedDelivery {
  readonly summary: Summary
  readonly delivery: Delivery
  readonly attempts: readonly RecordedAttempt[]
}

/** How far a reader has come. */
export interface Position {
  readonly segment: string
  readonly offset: number
}

export const BEGINNING: Position = { segment: '', offset: 0 }

/** Lists what is recorded in a bot's folder, newest last; empty when there is no journal. */
export async function readDeliveries(folder: string, filter: Filter = {}): Promise<Summary[]> {
  const { where = () => true, since = -Infinity, until = Infinity, last = Infinity } = filter
  // Ten thousand rows need no ten thousand places of what is not shown.
  const { entries } = await readLedger(eventsFolder(folder), () => null)
  const found = [...entries.values()]
    .map(summarize)
    .filter((summary) => summary.receivedAt >= since && summary.receivedAt < until && where(summary))
  return found.slice(Math.max(0, found.length - last))
}

/**
 * Reads one delivery whole, by its id or the beginning of it; `null` when there is none. Rejects with `usage` when several
 * begin like that, with `stateDamaged` when its record cannot be read back.
 */
export async function readDelivery(folder: string, idOrPrefix: string): Promise<RecordedDelivery | null> {
  const events = eventsFolder(folder)
  const entry = findEntry(await readLedger(events, placeOf), idOrPrefix)
  if (entry === null) return null
  const { id, receivedAt, method, search } = entry.delivery.head
  const content = await readable(contentAt(events, entry.delivery.at))
  if (content === null) throw new DevHookError('stateDamaged', `delivery ${id} cannot be read back`)
  const attempts = await Promise.all(entry.attempts.map((attempt) => readAttempt(events, attempt)))
  return { summary: summarize(entry), delivery: { id, receivedAt, method, search, ...content }, attempts }
}

/**
 * Reads the lines behind a position, and gives the next one. An unterminated last line is left for later. `onGone` hears of a
 * segment that was pruned before it could be read; those before it have gone as well.
 */
export async function readFrom(
  events: string,
  from: Position,
  onLine: (head: Head, segment: string, offset: number, length: number) => void,
  onGone: (segment: string) => void = () => undefined,
): Promise<Position> {
  let position = from
  for (const segment of await readable(listSegments(events))) {
    if (segment < from.segment) continue
    const start = segment === from.segment ? from.offset : 0
    const scanned = await readable(
      scanSegment(events, segment, start, (head, offset, length) => onLine(head, segment, offset, length)),
    )
    if (scanned === null) onGone(segment)
    else position = { segment, offset: scanned.complete }
  }
  return position
}

async function readLedger(events: string, placed: typeof placeOf | (() => null)): Promise<Ledger> {
  let ledger = createLedger()
  const add = (head: Head, segment: string, offset: number, length: number): void =>
    void ledger.add({ head, at: placed(head, segment, offset, length) })
  // Everything that was read so far stood in older segments, and has gone too: a list has no gap.
  await readFrom(events, BEGINNING, add, () => {
    ledger = createLedger()
  })
  return ledger
}

/** Of an id that was cut too short. */
export const MORE_OF_IT = 'give more of the id; `dev-hook events` lists them'

function findEntry({ entries }: Ledger, idOrPrefix: string): Entry | null {
  const exact = entries.get(idOrPrefix)
  if (exact !== undefined) return exact
  const [first, second] = [...entries.values()].filter(({ delivery }) => delivery.head.id.startsWith(idOrPrefix))
  if (second !== undefined) {
    throw new DevHookError('usage', `several ids begin with \`${idOrPrefix}\``, { remedy: MORE_OF_IT })
  }
  return first ?? null
}

async function readAttempt(events: string, { head, at }: Kept<AttemptHead>): Promise<RecordedAttempt> {
  const { n, startedAt, ms } = head
  if (head.outcome !== 'answered')
    return { n, attempt: { startedAt, ms, outcome: head.outcome, reason: head.reason }, cut: false }
  const content = (await readable(contentAt(events, at))) ?? { headers: [], body: Buffer.alloc(0) }
  const reply = { status: head.status, ...content }
  return { n, attempt: { startedAt, ms, outcome: 'answered', reply }, cut: content.body.length < head.bytes }
}

/** What cannot be read is said in a way that a person can act on. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new DevHookError('stateDamaged', `the journal cannot be read: ${messageOf(cause)}`, { cause })
  }
}
