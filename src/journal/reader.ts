// The reader of the log, in any process, while the daemon may be writing it.

import type { Attempt, Delivery, Summary } from '../core/delivery.ts'
import { DevHookError } from '../core/errors.ts'
import { findById } from './find-by-id.ts'
import type { Content } from './format/line-codec.ts'
import type { AttemptRecord, LogRecord } from './format/record-format.ts'
import { createDeliveryIndex, type DeliveryIndex } from './index/by-delivery.ts'
import type { IndexEntry, IndexedRecord } from './index/entry.ts'
import { readNewestFirst } from './newest-first.ts'
import { parseSegment } from './parser.ts'
import { readable } from './readable.ts'
import { tornTail } from './repair.ts'
import { eventsFolder, extentOf, listSegments, readContent } from './segments.ts'

/** Which of the recorded deliveries are listed. */
export interface DeliveryFilter {
  /** Only these; called for every delivery in the log. */
  readonly where?: (summary: Summary) => boolean
  /** Only these; called with what was received, read from the disk, for every delivery that the rest leaves. */
  readonly content?: ((content: Content) => boolean) | null
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

/** Lists what is recorded in a bot's folder, newest last; empty when there is no journal. Rejects as the signal is aborted. */
export const readDeliveries = (folder: string, filter?: DeliveryFilter, signal?: AbortSignal): Promise<Summary[]> =>
  mapDeliveries(folder, (summary) => summary, filter, signal)

/**
 * Makes something of each delivery that is recorded in a bot's folder, called for the newest first, and lists it newest last. Of a
 * delivery nothing is kept besides, which is half the memory of a list of ten thousand. Rejects as the signal is aborted.
 */
export async function mapDeliveries<Row>(
  folder: string,
  rowOf: (summary: Summary) => Row,
  { where = () => true, content = null, last = Infinity }: DeliveryFilter = {},
  signal?: AbortSignal,
): Promise<Row[]> {
  const events = eventsFolder(folder)
  const found: Row[] = []
  if (last <= 0) return found
  // Ten thousand rows need no ten thousand extents of what is not shown.
  for await (const deliveries of readNewestFirst(events, content === null ? () => null : extentOf)) {
    for (const { summary, content: at } of deliveries) {
      signal?.throwIfAborted()
      if (!where(summary)) continue
      if (content !== null && !(await fitsContent(events, at, content))) continue
      found.push(rowOf(summary))
      if (found.length >= last) return found.reverse()
    }
  }
  return found.reverse()
}

/** Whether what was received fits; what cannot be read back does not. */
export async function fitsContent(
  events: string,
  at: IndexedRecord['content'],
  fits: DeliveryFilter['content'],
): Promise<boolean> {
  if (fits === null || fits === undefined) return true
  const content = await readable(readContent(events, at))
  return content !== null && fits(content)
}

/**
 * Reads one delivery whole, by its id or the beginning of it; `null` when there is none. Rejects with `usage` when several
 * begin like that, with `stateDamaged` when its record cannot be read back, or may be in a damaged part of the log.
 */
export async function readDelivery(folder: string, idOrPrefix: string): Promise<DeliveryDetail | null> {
  const events = eventsFolder(folder)
  const { index, isDamaged } = await readIndex(events)
  const entry = findEntry(index, idOrPrefix)
  if (entry === null && isDamaged)
    throw new DevHookError('stateDamaged', `delivery ${idOrPrefix} is not in what can be read of the journal`)
  if (entry === null) return null
  return detailOf(events, entry)
}

/** Reads deliveries whole, newest last: those that are wanted. Rejects with `stateDamaged` when one of them cannot be read back. */
export async function readDetails(folder: string, where: (summary: Summary) => boolean): Promise<DeliveryDetail[]> {
  const events = eventsFolder(folder)
  const { index } = await readIndex(events)
  const details: DeliveryDetail[] = []
  for (const entry of index.entries.values()) {
    if (where(entry.summary)) details.push(await detailOf(events, entry))
  }
  return details
}

async function detailOf(events: string, entry: IndexEntry): Promise<DeliveryDetail> {
  const { id, receivedAt, method, search } = entry.delivery.record
  const content = await readable(readContent(events, entry.delivery.content))
  if (content === null) throw new DevHookError('stateDamaged', `delivery ${id} cannot be read back`)
  const attempts = await Promise.all(entry.attempts.map((attempt) => readAttempt(events, attempt)))
  return { summary: entry.summary, delivery: { id, receivedAt, method, search, ...content }, attempts }
}

/** Who is called with what a log holds. */
export interface LogListener {
  record(record: LogRecord, segment: string, offset: number, length: number): void
  /** A segment was pruned before it could be read; those before it are gone as well. */
  gone?(segment: string): void
  /** A part of a segment, or all of it, cannot be read. */
  damaged?(segment: string): void
}

/** Reads the log behind a position, and returns the next position. An unterminated last line is left for later. */
export async function readFrom(events: string, from: Position, listener: LogListener): Promise<Position> {
  let position = from
  for (const segment of await readable(listSegments(events))) {
    if (segment < from.segment) continue
    const start = segment === from.segment ? from.offset : 0
    const parsed = await readable(
      parseSegment(events, segment, start, (record, offset, length) =>
        listener.record(record, segment, offset, length),
      ),
    )
    if (parsed === null) listener.gone?.(segment)
    else position = { segment, offset: parsed.complete }
    if (parsed !== null && tornTail(parsed) === null && parsed.damaged.length > 0) listener.damaged?.(segment)
  }
  return position
}

async function readIndex(events: string): Promise<{ readonly index: DeliveryIndex; readonly isDamaged: boolean }> {
  let index = createDeliveryIndex()
  let isDamaged = false
  await readFrom(events, BEGINNING, {
    record: (record, ...at) => void index.add({ record, content: extentOf(record, ...at) }),
    // Everything that was read so far stood in older segments, and is gone too: a list has no gap.
    gone: () => {
      index = createDeliveryIndex()
    },
    damaged: () => {
      isDamaged = true
    },
  })
  return { index, isDamaged }
}

const findEntry = ({ entries }: DeliveryIndex, given: string): IndexEntry | null =>
  findById([...entries.values()], ({ delivery }) => delivery.record.id, given)

/** One attempt with the answer of the bot, as far as that is kept. */
export async function readAttempt(events: string, attempt: IndexedRecord<AttemptRecord>): Promise<AttemptDetail> {
  const { record } = attempt
  const { n, startedAt, ms, replay, outcome } = record
  const times = { startedAt, ms, ...(replay === true && { replay }) }
  if (outcome !== 'answered') return { n, attempt: { ...times, outcome, reason: record.reason }, cut: false }
  const content = (await readable(readContent(events, attempt.content))) ?? { headers: [], body: Buffer.alloc(0) }
  const reply = { status: record.status, ...content }
  return { n, attempt: { ...times, outcome, reply }, cut: content.body.length < record.bytes }
}
