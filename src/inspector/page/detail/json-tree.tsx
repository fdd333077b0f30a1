// JSON as a tree that can be folded.
import { useMemo, useState } from 'preact/hooks'
import { counted } from '../text/counted.ts'
import type { OutlineLine } from '../text/json-outline.ts'
import { visibleStart } from '../text/visible.ts'

/** What is drawn at first, and each time that somebody asks for more. */
const LINES = 400
const VALUE = 2_000

export function JsonTree({ lines }: { readonly lines: readonly OutlineLine[] }) {
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const [drawn, setDrawn] = useState(LINES)
  const seen = useMemo(() => unfolded(lines, folded), [lines, folded])
  const fold = (at: number): void => {
    const next = new Set(folded)
    if (!next.delete(at)) next.add(at)
    setFolded(next)
  }
  return (
    <>
      <div class="code tree" role="group" aria-label="JSON" tabIndex={0}>
        {seen.slice(0, drawn).map((at) => {
          const line = lines[at]
          return line === undefined ? null : (
            <TreeLine
              key={at}
              line={line}
              isFolded={folded.has(at)}
              inside={(line.end ?? at) - at - 1}
              fold={() => fold(at)}
            />
          )
        })}
      </div>
      {seen.length > drawn ? (
        <button type="button" class="link" onClick={() => setDrawn(drawn + 10 * LINES)}>
          more, {counted(seen.length - drawn, 'line is', 'lines are')} left
        </button>
      ) : null}
    </>
  )
}

/** The lines outside of everything that is folded. */
function unfolded(lines: readonly OutlineLine[], folded: ReadonlySet<number>): readonly number[] {
  const seen: number[] = []
  for (let at = 0; at < lines.length; at += 1) {
    seen.push(at)
    const end = lines[at]?.end
    // The line that ends it is shown in place of all between.
    if (folded.has(at) && typeof end === 'number') at = end
  }
  return seen
}

interface TreeLineProps {
  readonly line: OutlineLine
  readonly isFolded: boolean
  readonly inside: number
  readonly fold: () => void
}

function TreeLine({ line: { depth, key, value, kind, end }, isFolded, inside, fold }: TreeLineProps) {
  const close = value === '{' ? '}' : ']'
  const name = key === null ? null : visibleStart(key.slice(1, -1), VALUE)
  return (
    <div class="tree-line" style={{ paddingInlineStart: `${depth * 14 + 16}px` }}>
      {end === null ? null : (
        <button
          type="button"
          class="fold"
          aria-expanded={!isFolded}
          aria-label={name ?? (value === '{' ? 'object' : 'list')}
          style={{ insetInlineStart: `${depth * 14}px` }}
          onClick={fold}
        />
      )}
      {name === null ? null : (
        <>
          <span class="json-key">{name}</span>
          <span class="soft">: </span>
        </>
      )}
      <bdi class={`json-${kind}`}>{visibleStart(value, VALUE)}</bdi>
      {isFolded ? (
        <span class="soft">
          {' '}
          {inside} … {close}
        </span>
      ) : null}
    </div>
  )
}
