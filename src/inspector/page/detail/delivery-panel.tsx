// The delivery that is chosen, with everything that is known of it, or two of them side by side.
import { useEffect, useState } from 'preact/hooks'
import { ask } from '../model/api.ts'
import { later } from '../model/later.ts'
import { latestOf, useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { Failure } from '../views/failure.tsx'
import { ComparedDeliveries } from './compared-deliveries.tsx'
import { DeliveryDetail } from './delivery-detail.tsx'

/** Whoever holds down a key wants to see the last one only. */
const SETTLE_MS = 60

export function DeliveryPanel({ id }: { readonly id: string }) {
  const { address, list } = useModel()
  const vs = useStore(address.store, (now) => now.vs)
  // Loaded again when anything happened to it.
  const row = useStore(list.state, () => list.row(id))
  const settledId = useSettled(id)
  const loaded = useLoaded((signal) => ask('delivery', { id: settledId }, signal), [settledId], row)
  const latest = latestOf(loaded)
  // One that cannot be loaded again is still what it was; another one is not.
  const detail = loaded.is === 'failed' && latest?.id !== settledId ? null : latest
  return (
    <section class="panel" aria-label="Delivery">
      {loaded.is === 'failed' && detail === null ? (
        <Failure what="This delivery" of={loaded}>
          <button type="button" class="button" onClick={() => address.go({ id: null })}>
            Close
          </button>
        </Failure>
      ) : detail === null ? (
        <div class="empty">loading …</div>
      ) : vs !== null && vs !== detail.id ? (
        <ComparedDeliveries left={vs} right={detail} />
      ) : (
        <DeliveryDetail detail={detail} row={row} />
      )}
    </section>
  )
}

function useSettled(id: string): string {
  const [settled, setSettled] = useState(id)
  useEffect(() => later(() => setSettled(id), SETTLE_MS), [id])
  return settled
}
