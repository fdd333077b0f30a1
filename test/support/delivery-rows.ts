// Deliveries as the operations of a run give them, to test with.

import type { DeliveryRow } from '../../src/cli/events/row.ts'
import type { ReadDelivery } from '../../src/cli/keys/key-state.ts'
import { colorsFor } from '../../src/cli/output/colors.ts'
import { deliveryRow } from '../../src/daemon/record/delivery-json.ts'
import { aSummary } from './journal/summaries.ts'

export const PLAIN = colorsFor(false)

/** A delivery as a row of a list. */
export const aRow = (given: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...deliveryRow(aSummary(), (text) => text),
  ...given,
})

/** A delivery with all that is known of it, which was answered once. */
export const aReadDelivery = (
  given: Partial<ReadDelivery['detail']> = {},
  printed: readonly string[] = [],
): ReadDelivery => ({
  printed,
  detail: {
    ...aRow(),
    method: 'POST',
    search: '',
    headers: [['Content-Type', 'application/json']],
    encoding: 'utf8',
    body: '{"text":"hi there"}',
    signature: { verdict: 'right', reasons: [] },
    attempts: [
      {
        n: 1,
        time: new Date(0).toISOString(),
        replay: false,
        outcome: 'answered',
        ms: 45,
        status: 200,
        headers: [],
        encoding: 'utf8',
        body: '{"ok":true}',
        cut: false,
      },
    ],
    ...given,
  },
})
