// Deliveries to test with.
import type { Delivery } from '../../src/core/delivery.ts'

let count = 0

/** A small delivery with an id of its own, and whatever is given instead. */
export function aDelivery(given: Partial<Delivery> = {}): Delivery {
  count += 1
  return {
    id: `dlv_${count}`,
    receivedAt: Date.now(),
    method: 'POST',
    search: '',
    headers: ['Content-Type', 'application/json'],
    body: Buffer.from(`{"n":${count}}`),
    ...given,
  }
}
