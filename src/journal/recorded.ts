// What a run can look up in its own journal: summaries in memory, whole deliveries on disk.

import type { Summary } from '../core/delivery.ts'
import { recordedDelivery } from './answers.ts'
import { findById } from './find-by-id.ts'
import type { Entries } from './index/entry.ts'
import { type DeliveryDetail, readAttempt } from './reader.ts'

/** Read access to everything that this run and earlier ones have recorded. */
export interface Recorded {
  /** The summaries of all deliveries, newest first, each made when it is reached. */
  summaries(): Iterable<Summary>
  /**
   * Reads a whole delivery, by its id or the beginning or end of it; `null` when none matches. Rejects with `usage` when several
   * match, with `stateDamaged` when it cannot be read back.
   */
  detail(given: string): Promise<DeliveryDetail | null>
}

/** Creates the look-up in an index whose records are in a folder of segments. */
export function createRecorded(
  entries: Entries,
  events: string,
  read: Parameters<typeof recordedDelivery>[1],
): Recorded {
  return {
    summaries: function* summaries() {
      // A copy, because the index may change while somebody iterates.
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
