// The rows of the list: what the run has recorded of each delivery, and what is announced of it from then on.
import type { Notice } from '../../../core/notices.ts'
import type { FilteredRow } from '../../../protocol/query/outcomes.ts'
import type { OutputOf } from '../../operations/table.ts'

type Recorded = OutputOf<'deliveries'>['deliveries'][number]

/** How long a delivery was held, and why; `ms` is `null` while it is. */
export interface Hold {
  readonly reason: string
  readonly since: number
  readonly ms: number | null
}

/** A delivery as a row of the list, and as what a filter looks at. */
export interface Row extends FilteredRow {
  readonly bytes: number
  /** Of the last attempt: how long it took. */
  readonly ms: number | null
  readonly hold: Hold | null
  /** An attempt is under way, as far as is known. */
  readonly isOpen: boolean
  /** Why it was refused at the door; `null` when it was not. */
  readonly rejected: string | null
}

export function rowOf(recorded: Recorded): Row {
  const { time, id, event, conversation, text, from, own, bytes, ...rest } = recorded
  const { settled, attempts, replays, editOf, outcome, status, answered, ownStatus, ms } = rest
  const label = { event, conversation, text, from, platformId: null, ...(own === true && { own: true as const }) }
  const isOpen = settled === null && attempts === 0
  return {
    id,
    receivedAt: Date.parse(time),
    label,
    settled,
    attempts,
    replays,
    editOf,
    outcome,
    status,
    answered,
    ownStatus,
    bytes,
    ms,
    hold: null,
    isOpen,
    rejected: null,
  }
}

type Begins = Extract<Notice, { readonly type: 'delivery' | 'replay' }>

function begun({ id, time, event, conversation, text, from, own, bytes }: Begins, editOf: string | null): Row {
  return {
    id,
    receivedAt: Date.parse(time),
    label: { event, conversation, text, from, own, platformId: null },
    settled: null,
    attempts: 0,
    replays: 0,
    editOf,
    outcome: null,
    status: null,
    answered: null,
    ownStatus: null,
    bytes,
    ms: null,
    hold: null,
    isOpen: true,
    rejected: null,
  }
}

/** The row that a notice changes or makes, as it is then; `null` when it is about no row. */
export function changedBy(notice: Notice, rowWith: (id: string) => Row | undefined): Row | null {
  if (!('id' in notice) || notice.id === undefined) return null
  const row = rowWith(notice.id)
  if (row !== undefined) return moved(row, notice)
  // The same delivery again is not a row of its own.
  if (notice.type === 'delivery' && (notice.redelivery === undefined || notice.whose === 'passed')) {
    const row = begun(notice, null)
    return notice.whose === 'ignored' ? { ...row, settled: 'ignored', ownStatus: 200, isOpen: false } : row
  }
  return notice.type === 'replay' && notice.edited ? begun(notice, notice.of ?? null) : null
}

function moved(row: Row, notice: Notice): Row | null {
  if (notice.type === 'attempt') return attempted(row, notice)
  if (notice.type === 'replay') return { ...row, isOpen: true, replays: row.replays + 1 }
  if (notice.type === 'held')
    return { ...row, hold: { reason: notice.reason, since: Date.parse(notice.time), ms: null } }
  if (notice.type === 'released') return { ...row, hold: row.hold && { ...row.hold, ms: notice.ms } }
  if (notice.type === 'acknowledged') return { ...row, settled: 'acknowledged', ownStatus: 200 }
  if (notice.type === 'passed')
    return { ...row, settled: 'passed', ownStatus: notice.status, ms: notice.ms, isOpen: false }
  if (notice.type !== 'rejected') return null
  return { ...row, settled: 'rejected', ownStatus: notice.status, rejected: notice.reason, isOpen: false }
}

function attempted(row: Row, { n, outcome, status, ms, told }: Extract<Notice, { readonly type: 'attempt' }>): Row {
  return {
    ...row,
    outcome,
    status,
    ms,
    attempts: Math.max(n, row.attempts),
    settled: settledAfter(row.settled, outcome),
    answered: status ?? row.answered,
    ownStatus: told ?? row.ownStatus,
    // What is refused is tried again by itself.
    isOpen: outcome === 'refused' && row.settled === null,
  }
}

/** Only an answer changes what is known to be delivered or interrupted. */
function settledAfter(settled: Row['settled'], outcome: Row['outcome']): Row['settled'] {
  if (outcome === 'answered') return 'delivered'
  return outcome === 'interrupted' && settled !== 'delivered' ? 'interrupted' : settled
}
