// The keys that are kept of a segment when it is pruned.
import { nextTurn } from '../../core/async.ts'
import { type KeyRecord, keyRecord } from '../format/record-format.ts'
import type { RunIndex } from '../index/run-index.ts'
import { firstSeqOf } from '../segments.ts'
import { KEY_KEPT_MS } from './pruned-keys.ts'

/** How many are made in one turn of the event loop, which takes a few tenths of a millisecond. */
const AT_ONCE = 100

/** Yields the keys to keep of the oldest segment, over several turns of the event loop; `next` is the segment after it. */
export async function* keysOf(
  index: RunIndex,
  segment: string,
  next: string,
  now: number,
): AsyncGenerator<readonly KeyRecord[], void, undefined> {
  const seq = firstSeqOf(segment)
  let records: KeyRecord[] = []
  for (const delivery of index.keyedBefore(next)) {
    const record = now - delivery.receivedAt <= KEY_KEPT_MS ? keyRecord(seq, delivery) : null
    if (record !== null) records.push(record)
    if (records.length < AT_ONCE) continue
    yield records
    records = []
    await nextTurn()
  }
  yield records
}
