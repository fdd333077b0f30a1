// Reading the log from its end, one segment at a time: whoever wants the newest deliveries waits for no older ones.

import type { DeliveryRecord, LogRecord } from './format/record-format.ts'
import { isOfDelivery } from './index/by-delivery.ts'
import { addToSummary, createSummary, type Summarized } from './index/summary.ts'
import { createChunks, parseSegment } from './parser.ts'
import { readable } from './readable.ts'
import { type Extent, listSegments } from './segments.ts'

/** Says where headers and body of a delivery are found again; `null` where nobody looks for them. */
type ContentOf = (record: DeliveryRecord, segment: string, offset: number, length: number) => Extent | null

/** A delivery of a list. */
export interface ListedDelivery extends Summarized {
  /** Where headers and body are found again; `null` where nobody looks for them. */
  readonly content: Extent | null
}

/**
 * Yields the deliveries of each segment as they are now, the newest first in both; none for a segment without any. What is written
 * meanwhile is not seen, and a segment that was pruned meanwhile is the end: there is no older one, and never a gap. Rejects with
 * `stateDamaged` where the disk does not let it read.
 */
export async function* readNewestFirst(
  events: string,
  contentOf: ContentOf,
): AsyncGenerator<readonly ListedDelivery[], void, undefined> {
  const names = await readable(listSegments(events))
  const chunks = createChunks()
  /** What newer segments say of deliveries that older ones have, by their id, in order. */
  let later: ReadonlyMap<string, readonly LogRecord[]> = new Map()
  for (const name of names.reverse()) {
    const listed = new Map<string, ListedDelivery>()
    const ofOthers = new Map<string, LogRecord[]>()
    const add = (record: LogRecord, offset: number, length: number): void => {
      if (record.t === 'delivery') {
        if (!listed.has(record.id)) {
          // Spread into another object, the two fields cost a tenth of the whole list.
          const { summary, isAnswered } = createSummary(record)
          listed.set(record.id, { summary, isAnswered, content: contentOf(record, name, offset, length) })
        }
      } else if (isOfDelivery(record)) {
        const known = listed.get(record.id)
        if (known === undefined) append(ofOthers, record.id, record)
        else addToSummary(known, record)
      }
    }
    if ((await readable(parseSegment(events, name, 0, add, chunks))) === null) return
    for (const [id, records] of later) {
      const known = listed.get(id)
      if (known === undefined) append(ofOthers, id, ...records)
      else for (const record of records) addToSummary(known, record)
    }
    later = ofOthers
    yield [...listed.values()].reverse()
  }
}

function append(records: Map<string, LogRecord[]>, id: string, ...more: readonly LogRecord[]): void {
  const known = records.get(id)
  if (known === undefined) records.set(id, [...more])
  else known.push(...more)
}
