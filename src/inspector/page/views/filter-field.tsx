// The field of the filter: below it is what is wrong with it and where, and what is allowed.
import { useRef } from 'preact/hooks'
import { problemWords } from '../../../protocol/query/query.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { counted } from '../text/counted.ts'
import { visible } from '../text/visible.ts'

const EXAMPLES = ['outcome:failed', 'status:5xx', 'since:1h', '-is:own'] as const

export function FilterField() {
  const { address, list } = useModel()
  const q = useStore(address.store, (now) => now.q)
  const problem = useStore(list.state, (now) => now.problem)
  const field = useRef<HTMLInputElement>(null)
  return (
    <div class="filter">
      <div class="filter-line">
        <input
          ref={field}
          id="filter"
          type="search"
          value={q}
          placeholder="Filter: refund event:message.* status:5xx since:1h"
          aria-label="Filter"
          aria-invalid={problem !== null}
          aria-describedby="filter-problem"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={2_000}
          onInput={({ currentTarget }) => address.go({ q: currentTarget.value })}
        />
        <MarkedButton />
        <PauseButton />
      </div>
      <div class="filter-note">
        {problem === null ? <Counts /> : null}
        {/* Only this is told: the count changes with every delivery. */}
        <span id="filter-problem" role="status">
          {problem === null ? null : (
            <>
              <button
                type="button"
                class="link bad-text"
                onClick={() => {
                  field.current?.focus()
                  field.current?.setSelectionRange(problem.start, Math.max(problem.end, problem.start + 1))
                }}
              >
                {visible(problemWords(problem))}
              </button>
              <span class="soft"> Allowed here: {problem.allowed}</span>
            </>
          )}
        </span>
      </div>
    </div>
  )
}

function Counts() {
  const { list, address } = useModel()
  const { shown, total, loading } = useStore(list.state, (now) => now)
  const q = useStore(address.store, (now) => now.q)
  const marked = useStore(address.store, (now) => now.marked)
  const all = counted(total, 'delivery', 'deliveries')
  const count = shown.length === total ? all : `${shown.length} of ${all}`
  return (
    <>
      <span class="num">{loading && total === 0 ? 'loading …' : count}</span>
      {q === '' && total > 0 && !marked
        ? EXAMPLES.map((example) => (
            <button key={example} type="button" class="link" onClick={() => address.go({ q: example })}>
              {example}
            </button>
          ))
        : null}
      {q === '' && !marked ? null : (
        <button type="button" class="link" onClick={() => address.go({ q: '', marked: false })}>
          show all
        </button>
      )}
    </>
  )
}

function MarkedButton() {
  const { address, marks } = useModel()
  const marked = useStore(address.store, (now) => now.marked)
  const { size } = useStore(marks.ids, (ids) => ids)
  if (size === 0 && !marked) return null
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={marked}
      title="Only what is marked (M)"
      onClick={() => address.go({ marked: !marked })}
    >
      ★ {size}
    </button>
  )
}

function PauseButton() {
  const { list } = useModel()
  const { paused, waiting } = useStore(list.state, (now) => now)
  return (
    <button
      type="button"
      class={`tool ${paused ? 'on' : ''}`}
      title="Pause the list (p)"
      onClick={() => (paused ? list.resume() : list.pause())}
    >
      {paused ? `Resume${waiting === 0 ? '' : `, ${waiting} new`}` : 'Pause'} <kbd>p</kbd>
    </button>
  )
}
