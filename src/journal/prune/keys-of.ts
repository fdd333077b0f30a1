// Which keys are left of the segments that are pruned.
import { nextTurn } from '../../core/async.ts'
import { type KeyRecord, keyRecord } from '../format/record-format.ts'
import type { RunIndex } from '../index/run-index.ts'
import { firstSeqOf } from '../segments.ts'
import { KEY_KEPT_MS } from './pruned-keys.ts'

/** How many are looked at at once: some tenths of a millisecond in which nothing else is done. */
const AT_ONCE = 100

/** Makes what is to be left of a segment, the oldest; `next` is the one behind it. */
export async function keysOf(index: RunIndex, segment: string, next: string, now: number): Promise<KeyRecord[]> {
  const seq = firstSeqOf(segment)
  const records: KeyRecord[] = []
  let looked = 0
  for (const delivery of index.recognised(next)) {
    const record = now - delivery.receivedAt <= KEY_KEPT_MS ? keyRecord(seq, delivery) : null
    if (record !== null) records.push(record)
    looked += 1
    if (looked % AT_ONCE === 0) await nextTurn()
  }
  return records
}
