// The deliveries: the list with its filter, and beside it the one that is chosen.
import { DeliveryPanel } from '../detail/delivery-panel.tsx'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { FilterField } from './filter-field.tsx'
import { RowList } from './row-list.tsx'

export function DeliveriesView() {
  const id = useStore(useModel().address.store, (now) => now.id)
  return (
    <div class={`deliveries ${id === null ? '' : 'split'}`}>
      <section class="list" aria-label="Deliveries">
        <FilterField />
        <RowList />
      </section>
      {id === null ? null : <DeliveryPanel id={id} />}
    </div>
  )
}
