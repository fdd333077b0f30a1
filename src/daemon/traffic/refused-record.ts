// The record of what the signature guard refused: few and small, so that strangers never push out what the platform sent.
import type { Delivery } from '../../core/delivery.ts'
import { MAX_REFUSED_BYTES } from '../../core/limits.ts'
import type { Journal } from '../../core/ports.ts'
import { NO_LABEL } from '../../protocol/payload.ts'

// Anybody who knows the URL can send these, as many and as large as they like, and the journal keeps the newest of all.
const MAX_DELIVERIES = 100

export interface RefusedRecord {
  /** Records a refused delivery and the status it was answered with, until this run has recorded enough of them. */
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
      // Nothing of a body without a right signature is parsed, not even for its label.
      journal.record(delivery, NO_LABEL, null)
      journal.settle(delivery.id, 'rejected', status)
    },
  }
}
