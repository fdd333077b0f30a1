// The list of deliveries; only the rows that can be seen are drawn.
import { useEffect } from 'preact/hooks'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { EmptyList } from './empty-list.tsx'
import { RowLine } from './row-line.tsx'
import { reveal, useWindowed } from './windowed.ts'

export function RowList() {
  const { list, address, marks } = useModel()
  const marked = useStore(marks.ids, (ids) => ids)
  const { shown } = useStore(list.state, (now) => now)
  const id = useStore(address.store, (now) => now.id)
  const vs = useStore(address.store, (now) => now.vs)
  const at = (of: string): number => shown.findIndex((row) => row.id === of)
  const { ref, start, end, rowHeight, pool } = useWindowed(shown.length, shown[0]?.id ?? null, at)
  const chosen = id === null ? -1 : at(id)

  useEffect(() => {
    if (ref.current !== null && chosen !== -1) reveal(ref.current, chosen, rowHeight)
    // Only when another one is chosen: rows that come in must not move what is read.
  }, [id, rowHeight, chosen === -1])

  if (shown.length === 0) return <EmptyList />
  return (
    <div
      ref={ref}
      class="rows"
      role="listbox"
      aria-label="Deliveries, newest first"
      tabIndex={0}
      aria-activedescendant={chosen >= start && chosen < end ? `row-${id}` : undefined}
    >
      <div class="rows-inner" role="presentation" style={{ height: `${shown.length * rowHeight}px` }}>
        {shown.slice(start, end).map((row, n) => (
          <RowLine
            // The element of a row that goes is taken for one that comes.
            key={(start + n) % pool}
            row={row}
            place={start + n}
            count={shown.length}
            top={(start + n) * rowHeight}
            isChosen={row.id === id}
            isCompared={row.id === vs}
            isMarked={marked.has(row.id)}
            choose={choose}
          />
        ))}
      </div>
    </div>
  )

  function choose(next: string): void {
    address.go({ id: next }, id === null ? 'back' : undefined)
    // A row may be scrolled away; the list tells which one is chosen.
    ref.current?.focus({ preventScroll: true })
  }
}
