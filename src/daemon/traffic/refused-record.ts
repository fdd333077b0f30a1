// Records what the signature guard refused, up to a bound: strangers must not push what the platform sent out of the journal.
import type { Delivery } from '../../core/delivery.ts'
import { MAX_REFUSED_BYTES } from '../../core/limits.ts'
import type { Journal } from '../../core/ports.ts'
import { NO_LABEL } from '../../protocol/payload.ts'

/** Anybody who knows the URL can send these, as many as they like, and the journal keeps only the newest deliveries. */
const MAX_DELIVERIES = 100

export interface RefusedRecord {
  /** Records a refused delivery and the status of its answer, unless this run has recorded enough of them. */
  add(delivery: Delivery, status: number): void
}

/** Creates the record of one run. */
export function createRefusedRecord(journal: Pick<Journal, 'record' | 'settle'>): RefusedRecord {
  let deliveries = 0
  let bytes = 0
  return {
    add: (delivery, status) => {
      const { length } = delivery.body
      if (deliveries >= MAX_DELIVERIES || bytes + length > MAX_REFUSED_BYTES) return
      deliveries += 1
      bytes += length
      // A body without a valid signature is never parsed, not even for its label.
      journal.record(delivery, NO_LABEL, null)
      journal.settle(delivery.id, 'rejected', status)
    },
  }
}
