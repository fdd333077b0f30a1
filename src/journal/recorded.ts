// What is recorded, as the run that records it sees it: its index in memory, and the bytes on disk.

import type { Summary } from '../core/delivery.ts'
import { recordedDelivery } from './answers.ts'
import { findById } from './find-by-id.ts'
import type { Entries } from './index/entry.ts'
import { type DeliveryDetail, readAttempt } from './reader.ts'

/** What a run has recorded, and those before it. */
export interface Recorded {
  /** Newest first, each made when it is asked for. */
  summaries(): Iterable<Summary>
  /**
   * One delivery whole, by its id, or the beginning or the end of it; `null` when there is none. Rejects with `usage` when several
   * are meant, with `stateDamaged` when it cannot be read back.
   */
  detail(given: string): Promise<DeliveryDetail | null>
}

/** Looks into an index whose records are in a folder of segments. */
export function createRecorded(
  entries: Entries,
  events: string,
  read: Parameters<typeof recordedDelivery>[1],
): Recorded {
  return {
    summaries: function* summaries() {
      // The index may change while somebody looks through it.
      for (const id of [...entries.keys()].reverse()) {
        const entry = entries.get(id)
        if (entry !== undefined) yield entry.summary
      }
    },
    detail: async (given) => {
      const entry = entries.get(given) ?? entries.get(findById([...entries.keys()], (id) => id, given) ?? '')
      if (entry === undefined) return null
      const attempts = await Promise.all(entry.attempts.map((attempt) => readAttempt(events, attempt)))
      return { summary: entry.summary, delivery: await recordedDelivery(entry, read).load(), attempts }
    },
  }
}
