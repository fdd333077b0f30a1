// What is left of deliveries that are pruned: their keys, so that one that comes again is recognised for a day.
import { type KeyRecord, keyRecord } from './format/record-format.ts'
import { answerTo, type DeliveryIndex, type IndexEntry, isBefore, type PrunedDelivery } from './index-by-delivery.ts'

/** How long a delivery is recognised when it comes again. */
export const KEY_KEPT_MS = 24 * 60 * 60_000

/** How many keys of pruned deliveries are kept: some 20 MB of memory. */
const MAX_KEYS = 50_000

/**
 * Lists what is to be left once every segment before this one is gone, the newest last. It is written with the record of this
 * number before they go; what could not be written is listed again.
 */
export function keysToCarry(index: DeliveryIndex, before: string, seq: number, now: number): readonly PrunedDelivery[] {
  const due = [...index.pruned.values()].filter((one) => one.content === null || isBefore(one, before))
  const records: KeyRecord[] = due.map(({ record }) => ({ ...record, seq }))
  for (const entry of index.entries.values()) {
    if (!isBefore(entry.delivery, before)) break
    const record = keyRecord(seq, entry.delivery.record, entry.settled, statusTo(entry))
    if (record !== null) records.push(record)
  }
  const wanted = records.filter(
    ({ id, key, receivedAt }) => now - receivedAt <= KEY_KEPT_MS && isLatest(index, id, key),
  )
  const room = MAX_KEYS - (index.pruned.size - due.length)
  return wanted.slice(Math.max(0, wanted.length - room)).map((record) => ({ record, content: null }))
}

/** The status that the platform was answered; `null` when that is unknown. */
function statusTo(entry: IndexEntry): number | null {
  const answer = answerTo(entry)
  if (answer === null || typeof answer === 'number') return answer
  return answer.record.outcome === 'answered' ? answer.record.status : null
}

function isLatest(index: DeliveryIndex, id: string, key: string): boolean {
  const latest = index.byKey(key)
  return latest !== null && ('record' in latest ? latest : latest.delivery).record.id === id
}
