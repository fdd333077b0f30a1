// Which keys are left of a segment that is pruned.
import { nextTurn } from '../../core/async.ts'
import { type KeyRecord, keyRecord } from '../format/record-format.ts'
import type { RunIndex } from '../index/run-index.ts'
import { firstSeqOf } from '../segments.ts'
import { KEY_KEPT_MS } from './pruned-keys.ts'

/** How many are made at once: some tenths of a millisecond in which nothing else is done. */
const AT_ONCE = 100

/** Yields what is to be left of a segment, the oldest, in several turns of the event loop; `next` is the one behind it. */
export async function* keysOf(
  index: RunIndex,
  segment: string,
  next: string,
  now: number,
): AsyncGenerator<readonly KeyRecord[], void, undefined> {
  const seq = firstSeqOf(segment)
  let records: KeyRecord[] = []
  for (const delivery of index.recognised(next)) {
    const record = now - delivery.receivedAt <= KEY_KEPT_MS ? keyRecord(seq, delivery) : null
    if (record !== null) records.push(record)
    if (records.length < AT_ONCE) continue
    yield records
    records = []
    await nextTurn()
  }
  yield records
}
