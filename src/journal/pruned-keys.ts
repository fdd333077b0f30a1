// What is left of deliveries that are pruned: their keys, so that one that comes again is recognised for a day.
import { type KeyRecord, keyRecord } from './format/record-format.ts'
import { answerTo, type DeliveryIndex, type IndexEntry, isBefore, type PrunedDelivery } from './index-by-delivery.ts'

/** How long a delivery is recognised when it comes again. */
export const KEY_KEPT_MS = 24 * 60 * 60_000

/** How many keys of pruned deliveries are kept. All are written again once for each of the some ten segments that come after them. */
const MAX_KEYS = 20_000

/** Which segments go, and what is known when they do. */
export interface Going {
  /** The first segment that stays. */
  readonly before: string
  /** The number of the record with which what is left is written. */
  readonly seq: number
  readonly now: number
  /** Whether what was left the last time could not be written. */
  readonly hasUnwritten: boolean
}

/** Lists what is to be left of the segments that go, the newest last. It is written before they go; what could not be is listed again. */
export function keysToCarry(index: DeliveryIndex, going: Going): readonly PrunedDelivery[] {
  const { before, seq, now } = going
  const due = duePruned(index, going)
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

/** Those that would go, which come first, and those that are not written yet. */
function duePruned({ pruned }: DeliveryIndex, { before, hasUnwritten }: Going): PrunedDelivery[] {
  const due: PrunedDelivery[] = []
  for (const one of pruned.values()) {
    if (isBefore(one, before) || one.content === null) due.push(one)
    else if (!hasUnwritten) break
  }
  return due
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
