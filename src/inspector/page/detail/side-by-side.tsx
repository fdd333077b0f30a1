// Two texts side by side, with the differences marked; long unchanged stretches are left out.
import { useMemo, useState } from 'preact/hooks'
import { counted } from '../text/counted.ts'
import { type DiffRow, diffRows } from '../text/line-diff.ts'
import { visibleStart } from '../text/visible.ts'

interface SideBySideProps {
  readonly title: string
  readonly left: string
  readonly right: string
}

/** How many unchanged lines are shown around a difference. */
const AROUND = 3

export function SideBySide({ title, left, right }: SideBySideProps) {
  const rows = useMemo(() => diffRows(left, right), [left, right])
  const [whole, setWhole] = useState(false)
  if (left === right)
    return (
      <p class="soft">
        {title}: the same{left === '' ? ', empty' : ''}
      </p>
    )
  if (rows === null) return <p class="soft">{title}: too long, or too different, to be shown line by line</p>
  if (rows.every(({ isSame }) => isSame)) return <p class="soft">{title}: the same but for white space</p>
  const shown = whole ? rows.map((row) => ({ row, skipped: 0 })) : nearby(rows)
  return (
    <section>
      <div class="section-head">
        <h3>{title}</h3>
        <button type="button" class="button small" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          all lines
        </button>
      </div>
      <table class="diff">
        <tbody>
          {shown.map(({ row, skipped }, n) => (
            <>
              {skipped === 0 ? null : (
                <tr key={`skipped-${n}`} class="skipped">
                  <td colSpan={2}>{counted(skipped, 'line is', 'lines are')} the same</td>
                </tr>
              )}
              <DiffLine key={n} row={row} />
            </>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function DiffLine({ row: { left, right, isSame } }: { readonly row: DiffRow }) {
  return (
    <tr>
      <td class={isSame ? '' : left === null ? 'none' : 'removed'}>{left === null ? '' : visibleStart(left, 2_000)}</td>
      <td class={isSame ? '' : right === null ? 'none' : 'added'}>
        {right === null ? '' : visibleStart(right, 2_000)}
      </td>
    </tr>
  )
}

/** The rows that differ and those around them, each with how many before it were left out. */
function nearby(rows: readonly DiffRow[]): readonly { readonly row: DiffRow; readonly skipped: number }[] {
  const wanted = new Set<number>()
  for (const [at, { isSame }] of rows.entries())
    if (!isSame) for (let near = at - AROUND; near <= at + AROUND; near += 1) wanted.add(near)
  const shown: { row: DiffRow; skipped: number }[] = []
  let skipped = 0
  for (const [at, row] of rows.entries()) {
    if (wanted.has(at)) shown.push({ row, skipped })
    skipped = wanted.has(at) ? 0 : skipped + 1
  }
  return shown
}
