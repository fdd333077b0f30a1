// The reader of the log, in any process, while the daemon may be writing it.
import type { Attempt, Delivery } from '../core/delivery.ts'
import { DevHookError, messageOf } from '../core/errors.ts'
import type { AttemptRecord, LogRecord } from './format/record-format.ts'
import { createDeliveryIndex, type DeliveryIndex, type IndexEntry, type IndexedRecord } from './index-by-delivery.ts'
import { parseSegment } from './parser.ts'
import { eventsFolder, extentOf, listSegments, readContent } from './segments.ts'
import { type Summary, summarize } from './summary.ts'

/** Which of the recorded deliveries are listed. */
export interface DeliveryFilter {
  /** Only these; called for every delivery in the log. */
  readonly where?: (summary: Summary) => boolean
  /** Received at or after, and before; milliseconds since the epoch. */
  readonly since?: number
  readonly until?: number
  /** Only the newest of what is left. */
  readonly last?: number
}

export interface AttemptDetail {
  readonly n: number
  readonly attempt: Attempt
  /** Whether only the beginning of the reply's body was kept. */
  readonly cut: boolean
}

/** A delivery with everything that is known of it. */
export interface DeliveryDetail {
  readonly summary: Summary
  readonly delivery: Delivery
  readonly attempts: readonly AttemptDetail[]
}

/** How far a log was read. */
export interface Position {
  readonly segment: string
  readonly offset: number
}

export const BEGINNING: Position = { segment: '', offset: 0 }

/** Lists what is recorded in a bot's folder, newest last; empty when there is no journal. */
export async function readDeliveries(folder: string, filter: DeliveryFilter = {}): Promise<Summary[]> {
  const { where = () => true, since = -Infinity, until = Infinity, last = Infinity } = filter
  // Ten thousand rows need no ten thousand extents of what is not shown.
  const { entries } = await readIndex(eventsFolder(folder), () => null)
  const found = [...entries.values()]
    .map(summarize)
    .filter((summary) => summary.receivedAt >= since && summary.receivedAt < until && where(summary))
  return found.slice(Math.max(0, found.length - last))
}

/**
 * Reads one delivery whole, by its id or the beginning of it; `null` when there is none. Rejects with `usage` when several
 * begin like that, with `stateDamaged` when its record cannot be read back.
 */
export async function readDelivery(folder: string, idOrPrefix: string): Promise<DeliveryDetail | null> {
  const events = eventsFolder(folder)
  const entry = findEntry(await readIndex(events, extentOf), idOrPrefix)
  if (entry === null) return null
  const { id, receivedAt, method, search } = entry.delivery.record
  const content = await readable(readContent(events, entry.delivery.content))
  if (content === null) throw new DevHookError('stateDamaged', `delivery ${id} cannot be read back`)
  const attempts = await Promise.all(entry.attempts.map((attempt) => readAttempt(events, attempt)))
  return { summary: summarize(entry), delivery: { id, receivedAt, method, search, ...content }, attempts }
}

/**
 * Reads the records behind a position, and returns the next one. An unterminated last line is left for later. `onGone` is called
 * with a segment that was pruned before it could be read; those before it are gone as well.
 */
export async function readFrom(
  events: string,
  from: Position,
  onRecord: (record: LogRecord, segment: string, offset: number, length: number) => void,
  onGone: (segment: string) => void = () => undefined,
): Promise<Position> {
  let position = from
  for (const segment of await readable(listSegments(events))) {
    if (segment < from.segment) continue
    const start = segment === from.segment ? from.offset : 0
    const parsed = await readable(
      parseSegment(events, segment, start, (record, offset, length) => onRecord(record, segment, offset, length)),
    )
    if (parsed === null) onGone(segment)
    else position = { segment, offset: parsed.complete }
  }
  return position
}

async function readIndex(events: string, extent: typeof extentOf | (() => null)): Promise<DeliveryIndex> {
  let index = createDeliveryIndex()
  const add = (record: LogRecord, segment: string, offset: number, length: number): void =>
    void index.add({ record, content: extent(record, segment, offset, length) })
  // Everything that was read so far stood in older segments, and is gone too: a list has no gap.
  await readFrom(events, BEGINNING, add, () => {
    index = createDeliveryIndex()
  })
  return index
}

/** What to do about an id that is cut too short. */
export const AMBIGUOUS_ID_REMEDY = 'give more of the id; `dev-hook events` lists them'

function findEntry({ entries }: DeliveryIndex, idOrPrefix: string): IndexEntry | null {
  const exact = entries.get(idOrPrefix)
  if (exact !== undefined) return exact
  const [first, second] = [...entries.values()].filter(({ delivery }) => delivery.record.id.startsWith(idOrPrefix))
  if (second !== undefined) {
    throw new DevHookError('usage', `several ids begin with \`${idOrPrefix}\``, { remedy: AMBIGUOUS_ID_REMEDY })
  }
  return first ?? null
}

async function readAttempt(events: string, attempt: IndexedRecord<AttemptRecord>): Promise<AttemptDetail> {
  const { record } = attempt
  const { n, startedAt, ms, outcome } = record
  if (outcome !== 'answered') return { n, attempt: { startedAt, ms, outcome, reason: record.reason }, cut: false }
  const content = (await readable(readContent(events, attempt.content))) ?? { headers: [], body: Buffer.alloc(0) }
  const reply = { status: record.status, ...content }
  return { n, attempt: { startedAt, ms, outcome, reply }, cut: content.body.length < record.bytes }
}

/** Turns an error of the disk into one that a person can act on. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new DevHookError('stateDamaged', `the journal cannot be read: ${messageOf(cause)}`, { cause })
  }
}
