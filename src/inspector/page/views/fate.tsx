// What has become of a delivery, in a word, and how long it took, as a bar too.
import { isSuccess } from '../../../core/delivery.ts'
import { formatDuration } from '../../../core/text/duration.ts'
import type { Row } from '../model/rows.ts'

type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'soft'

/** How an answer is coloured. */
export const toneOfStatus = (status: number): Tone => (isSuccess(status) ? 'good' : status >= 500 ? 'bad' : 'warn')

/** The word for it, and how it is coloured. */
export function fateOf({ settled, status, ownStatus, outcome, hold, isOpen }: Row): {
  readonly word: string
  readonly tone: Tone
} {
  if (settled === 'rejected') return { word: `rejected ${ownStatus ?? ''}`.trimEnd(), tone: 'bad' }
  if (hold !== null && hold.ms === null && outcome === null) return { word: 'held', tone: 'warn' }
  if (settled === 'passed' && outcome === null) return { word: `passed ${ownStatus ?? ''}`.trimEnd(), tone: 'soft' }
  if (settled === 'ignored' && outcome === null) return { word: 'ignored', tone: 'soft' }
  if (isOpen) return { word: '…', tone: 'busy' }
  if (status !== null) return { word: String(status), tone: toneOfStatus(status) }
  if (settled === 'acknowledged') return { word: 'undelivered', tone: 'warn' }
  if (settled === 'returned') return { word: `returned ${ownStatus ?? ''}`.trimEnd(), tone: 'warn' }
  return outcome === null ? { word: 'unknown', tone: 'soft' } : { word: outcome, tone: 'bad' }
}

// 1 ms is nothing, 20 s is all of it: the platform waits no longer.
const WHOLE = Math.log10(20_000)

export function Fate({ row }: { readonly row: Row }) {
  const { word, tone } = fateOf(row)
  const share = row.ms === null ? 0 : Math.min(1, Math.log10(Math.max(1, row.ms)) / WHOLE)
  return (
    <>
      <span class={`fate ${tone}`}>{word}</span>
      <span class="took num">{row.ms === null ? '' : formatDuration(row.ms)}</span>
      <span class="spark" aria-hidden="true">
        <span class={`spark-fill ${tone}`} style={{ transform: `scaleX(${share})` }} />
      </span>
    </>
  )
}
