// The index that a reader builds of a log: the records of each delivery, in the order in which the deliveries arrived.
import type { LogRecord } from '../format/record-format.ts'
import { addToEntry, createIndexEntry, type Entries, type IndexEntry, type IndexedRecord, isDelivery } from './entry.ts'

export interface DeliveryIndex {
  readonly entries: Entries
  /** Adds a record; returns the entry of its delivery, or `null` when that is unknown or forgotten. */
  add(record: IndexedRecord): IndexEntry | null
  /** Forgets the deliveries of every segment before this one. */
  forgetBefore(segment: string): void
}

/** Creates an empty index. */
export function createDeliveryIndex(): DeliveryIndex {
  const entries = new Map<string, IndexEntry>()

  function addDelivery(id: string, create: () => IndexEntry): IndexEntry {
    const known = entries.get(id)
    if (known !== undefined) return known
    const entry = create()
    entries.set(id, entry)
    return entry
  }

  return {
    entries,
    add: (indexed) => {
      if (isDelivery(indexed)) return addDelivery(indexed.record.id, () => createIndexEntry(indexed))
      const entry = isOfDelivery(indexed.record) ? entries.get(indexed.record.id) : undefined
      if (entry === undefined) return null
      addToEntry(entry, indexed)
      return entry
    },
    forgetBefore: (segment) => {
      for (const [id, { delivery }] of entries) {
        const { content } = delivery
        if (content === null || !('segment' in content) || content.segment >= segment) return
        entries.delete(id)
      }
    },
  }
}

/** Whether a record is about a delivery whose own record comes before it. */
export const isOfDelivery = ({ t }: LogRecord): boolean => t === 'attempt' || t === 'settled'
