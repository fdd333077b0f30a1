// Reading the log from its end, one segment at a time: whoever wants the newest deliveries waits for no older ones.

import type { LogRecord } from './format/record-format.ts'
import { createDeliveryIndex, isOfDelivery } from './index/by-delivery.ts'
import type { IndexEntry, IndexedRecord } from './index/entry.ts'
import { parseSegment } from './parser.ts'
import { readable } from './readable.ts'
import { type Extent, listSegments } from './segments.ts'

/** Says where headers and body of a record are found again; `null` where nobody looks for them. */
type ContentOf = (record: LogRecord, segment: string, offset: number, length: number) => Extent | null

/**
 * Yields the deliveries of each segment as they are now, the newest first in both; none for a segment without any. What is written
 * meanwhile is not seen, and a segment that was pruned meanwhile is the end: there is no older one, and never a gap. Rejects with
 * `stateDamaged` where the disk does not let it read.
 */
export async function* readNewestFirst(
  events: string,
  contentOf: ContentOf,
): AsyncGenerator<readonly IndexEntry[], void, undefined> {
  const names = await readable(listSegments(events))
  /** What newer segments say of deliveries that older ones have, by their id, in order. */
  let later: ReadonlyMap<string, readonly IndexedRecord[]> = new Map()
  for (const name of names.reverse()) {
    const { entries, add } = createDeliveryIndex()
    const ofOthers = new Map<string, IndexedRecord[]>()
    const parsed = await readable(
      parseSegment(events, name, 0, (record, offset, length) => {
        const indexed = { record, content: contentOf(record, name, offset, length) }
        if (add(indexed) === null && isOfDelivery(record)) append(ofOthers, record.id, indexed)
      }),
    )
    if (parsed === null) return
    for (const [id, records] of later) {
      if (entries.has(id)) records.forEach(add)
      else append(ofOthers, id, ...records)
    }
    later = ofOthers
    yield [...entries.values()].reverse()
  }
}

function append(records: Map<string, IndexedRecord[]>, id: string, ...more: readonly IndexedRecord[]): void {
  const known = records.get(id)
  if (known === undefined) records.set(id, [...more])
  else known.push(...more)
}
