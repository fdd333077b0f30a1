// The line for each delivery, printed when its attempt ends, and for what happens to it before that.

import type { Notice } from '../../core/notices.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Colors } from './colors.ts'
import { eventWords, statusWord } from './event-words.ts'

export type NoticeOf<T extends Notice['type']> = Extract<Notice, { readonly type: T }>

/** Prints a line with the time of a notice before it. */
export type WriteLine = (notice: Notice, text: string) => void

/** What is printed of deliveries, by what happened to one. */
export interface DeliveryLines {
  received(notice: NoticeOf<'delivery'>): void
  replayed(notice: NoticeOf<'replay'>): void
  held(notice: NoticeOf<'held'>): void
  released(notice: NoticeOf<'released'>): void
  acknowledged(notice: NoticeOf<'acknowledged'>): void
  attempted(notice: NoticeOf<'attempt'>): void
}

/** What is remembered of a delivery until its last line is printed. */
interface Pending {
  readonly delivery: NoticeOf<'delivery' | 'replay'>
  reason: string | null
  heldMs: number | null
}

/** More than any queue holds: the memory of lines stays bounded whatever happens. */
const MAX_PENDING = 20_000

/** Creates the lines of deliveries; it remembers each one until its last line is printed. */
export function createDeliveryLines(line: WriteLine, colors: Colors): DeliveryLines {
  const pending = new Map<string, Pending>()
  const paused = colors.yellow('⏸')

  function remember(delivery: Pending['delivery']): void {
    pending.set(delivery.id, { delivery, reason: null, heldMs: null })
    const oldest = pending.size > MAX_PENDING ? pending.keys().next().value : undefined
    if (oldest !== undefined) pending.delete(oldest)
  }

  const heldWords = ({ heldMs, reason }: Pending): string =>
    heldMs === null ? '' : ` ${colors.yellow(`⏸ held ${formatDuration(heldMs)} (${reason ?? 'bot not ready'})`)}`

  return {
    received: (notice) => {
      if (notice.redelivery === undefined) return remember(notice)
      line(notice, `${colors.dim('↺')} ${eventWords(notice, colors)} ${colors.dim('redelivered')}`)
    },
    replayed: remember,
    held: (notice) => {
      const known = pending.get(notice.id)
      if (!known) return
      known.reason = notice.reason
      line(notice, `${paused} ${eventWords(known.delivery, colors)} ${colors.yellow(`held (${notice.reason})`)}`)
    },
    released: (notice) => {
      const known = pending.get(notice.id)
      if (known) known.heldMs = notice.ms
    },
    acknowledged: (notice) => {
      const known = pending.get(notice.id)
      if (!known) return
      const what = colors.yellow(`acknowledged after ${formatDuration(notice.ms)} in place of the bot`)
      line(notice, `${paused} ${eventWords(known.delivery, colors)} ${what}`)
    },
    attempted: (notice) => {
      const known = pending.get(notice.id)
      // A refused attempt is repeated by itself, and shows as held.
      if (!known || notice.outcome === 'refused') return
      pending.delete(notice.id)
      const result = notice.status === null ? colors.red(notice.outcome) : statusWord(notice.status, colors)
      const ms = colors.dim(formatDuration(notice.ms))
      const hint = notice.outcome === 'interrupted' ? colors.dim(' not retried automatically') : ''
      const mark = known.delivery.type === 'replay' ? colors.cyan('↻') : '←'
      line(notice, `${mark} ${eventWords(known.delivery, colors)} ${result} ${ms}${heldWords(known)}${hint}`)
    },
  }
}
