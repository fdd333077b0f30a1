// Two deliveries side by side.
import { formatDuration } from '../../../core/text/duration.ts'
import { formatSize } from '../../../core/text/size.ts'
import { ask } from '../model/api.ts'
import { latestOf, useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { headerLines } from '../text/header-lines.ts'
import { preciseTime } from '../text/moments.ts'
import { visibleStart } from '../text/visible.ts'
import { Failure } from '../views/failure.tsx'
import type { Detail } from './delivery-detail.tsx'
import { SideBySide } from './side-by-side.tsx'

const ROWS: readonly (readonly [string, (detail: Detail) => string])[] = [
  ['id', (detail) => detail.id],
  ['received', (detail) => preciseTime(Date.parse(detail.time))],
  ['event', (detail) => detail.event ?? 'none'],
  ['conversation', (detail) => detail.conversation ?? 'none'],
  ['from', (detail) => detail.from ?? 'nobody'],
  ['size', (detail) => formatSize(detail.bytes)],
  ['answer', (detail) => String(detail.status ?? detail.outcome ?? detail.settled ?? 'none')],
  ['took', (detail) => (detail.ms === null ? '' : formatDuration(detail.ms))],
  ['signature', ({ signature }) => signature.verdict],
]

export function ComparedDeliveries({ left, right }: { readonly left: string; readonly right: Detail }) {
  const { address } = useModel()
  const loaded = useLoaded((signal) => ask('delivery', { id: left }, signal), [left])
  const other = latestOf(loaded)
  return (
    <>
      <header class="panel-head">
        <h2>Two deliveries</h2>
        <div class="actions">
          <button type="button" class="button" onClick={() => address.go({ vs: null })}>
            End the comparison <kbd>c</kbd>
          </button>
        </div>
      </header>
      <div class="panel-body" tabIndex={0} role="group" aria-label="Comparison">
        {loaded.is === 'failed' ? <Failure what="The other delivery" of={loaded} /> : null}
        {other === null ? null : <Comparison left={other} right={right} />}
      </div>
    </>
  )
}

function Comparison({ left, right }: { readonly left: Detail; readonly right: Detail }) {
  return (
    <>
      <table class="pair">
        <tbody>
          {ROWS.map(([name, read]) => (
            <tr key={name} class={read(left) === read(right) ? undefined : 'differs'}>
              <th scope="row">{name}</th>
              <td>{visibleStart(read(left), 200)}</td>
              <td>{visibleStart(read(right), 200)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <SideBySide title="Body" left={left.body} right={right.body} />
      <SideBySide title="Answer" left={left.attempts.at(-1)?.body ?? ''} right={right.attempts.at(-1)?.body ?? ''} />
      <SideBySide title="Headers" left={headerLines(left.headers)} right={headerLines(right.headers)} />
    </>
  )
}
