// The line for each delivery, printed when its attempt ends, and for what happens to it before that.

import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Notice } from '../../core/notices.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { eventWords, LEAST_WORDS, shortId, statusWord } from './event-words.ts'
import { widthOf } from './text-width.ts'

export type NoticeOf<T extends Notice['type']> = Extract<Notice, { readonly type: T }>

/** Prints a line with the time of a notice before it. */
export type WriteLine = (notice: Notice, text: string) => void

/** What happens to a delivery, one after the other. */
type DeliveryNotice = Notice &
  NoticeOf<'delivery' | 'replay' | 'held' | 'released' | 'acknowledged' | 'attempt' | 'passed'>

export interface DeliveryLines {
  /** Prints what there is to say of it, now or a moment later. */
  show(notice: DeliveryNotice): void
  /** Nothing more is printed. */
  end(): void
}

/** What is remembered of a delivery until its last line is printed. */
interface Pending {
  readonly delivery: NoticeOf<'delivery' | 'replay'>
  /** How long it was held in all, in ms. */
  heldMs: number
  /** Undoes the line that says that it is held. */
  unsaid: Off | null
}

/** More than any queue holds: the memory of lines stays bounded whatever happens. */
const MAX_PENDING = 20_000

/** A hold that is shorter, in ms, is over before anybody could read of it. */
const BLINK_MS = 100

export interface DeliveryLinesOptions {
  readonly line: WriteLine
  readonly colors: Colors
  /** How many columns a line may take, without the time before it. */
  readonly columns: () => number
  readonly clock?: Clock
}

/** Creates the lines of deliveries; it remembers each one until its last line is printed. */
export function createDeliveryLines({ line, colors, columns, clock = MONOTONIC }: DeliveryLinesOptions): DeliveryLines {
  const pending = new Map<string, Pending>()
  const paused = colors.yellow('⏸')

  function remember(delivery: Pending['delivery']): void {
    pending.set(delivery.id, { delivery, heldMs: 0, unsaid: null })
    const oldest = pending.size > MAX_PENDING ? pending.keys().next().value : undefined
    if (oldest !== undefined) pending.delete(oldest)
  }

  /** `3fa9c2 ← message.create.contact.chat Jenny "hi there" 200 45ms`; `more` as far as there are columns for it. */
  function write(
    notice: Notice,
    mark: string,
    delivery: Pending['delivery'],
    outcome: string,
    ...more: readonly string[]
  ): void {
    const head = `${colors.dim(shortId(delivery.id))} ${mark}`
    let left = columns() - widthOf(head) - widthOf(outcome) - 2
    const end = more.filter((part) => {
      const fits = left - widthOf(part) - 1 >= LEAST_WORDS
      if (fits) left -= widthOf(part) + 1
      return fits
    })
    const words = eventWords(delivery, colors, left)
    line(notice, [head, words, outcome, ...end].filter((part) => part !== '').join(' '))
  }

  function hold(known: Pending, notice: Notice & NoticeOf<'held'>): void {
    known.unsaid?.()
    const what = colors.yellow(`held (${notice.reason})`)
    known.unsaid = clock.after(BLINK_MS, () => write(notice, paused, known.delivery, what))
  }

  function attempted({ delivery, heldMs, unsaid }: Pending, notice: Notice & NoticeOf<'attempt'>): void {
    unsaid?.()
    pending.delete(notice.id)
    const result = notice.status === null ? colors.red(notice.outcome) : statusWord(notice.status, colors)
    const told = notice.told === undefined ? [] : [colors.dim(`(platform was told ${notice.told})`)]
    const held = heldMs < BLINK_MS ? [] : [colors.yellow(`⏸ held ${formatDuration(heldMs)}`)]
    const hint = notice.outcome === 'interrupted' ? [colors.dim('not retried automatically')] : []
    const took = colors.dim(formatDuration(notice.ms))
    write(notice, markOf(delivery, colors), delivery, `${result} ${took}`, ...told, ...held, ...hint)
  }

  function follow(known: Pending, notice: DeliveryNotice): void {
    if (notice.type === 'passed') {
      pending.delete(notice.id)
      return write(notice, colors.dim('→'), known.delivery, ...passedWords(notice, colors))
    }
    if (notice.type === 'held') return hold(known, notice)
    // A refused attempt is repeated by itself, and shows as held.
    if (notice.type === 'attempt') return notice.outcome === 'refused' ? undefined : attempted(known, notice)
    if (notice.type === 'released') {
      known.unsaid?.()
      known.heldMs = notice.ms
    }
    if (notice.type === 'acknowledged') {
      const what = `acknowledged after ${formatDuration(notice.ms)} in place of the bot`
      write(notice, paused, known.delivery, colors.yellow(what))
    }
  }

  return {
    show: (notice) => {
      const only = notice.type === 'delivery' ? onlyLine(notice) : null
      if (only !== null && notice.type === 'delivery')
        return write(notice, colors.dim(only[0]), notice, colors.dim(only[1]))
      if (notice.type === 'delivery' || notice.type === 'replay') return remember(notice)
      const known = pending.get(notice.id)
      if (known) follow(known, notice)
    },
    end: () => {
      for (const { unsaid } of pending.values()) unsaid?.()
      pending.clear()
    },
  }
}

/** The mark and the words of a delivery about which there is nothing more to say; `null` for any other. */
function onlyLine({ redelivery, whose }: NoticeOf<'delivery'>): readonly [string, string] | null {
  if (whose === 'ignored') return ['→', 'ignored, not for this bot']
  return redelivery === undefined || whose === 'passed' ? null : ['↺', 'redelivered']
}

/** `passed on 200 45ms`, and why it was not, where it was not. */
function passedWords({ status, ms, reason }: NoticeOf<'passed'>, colors: Colors): readonly [string, ...string[]] {
  const words = `passed on ${statusWord(status, colors)} ${colors.dim(formatDuration(ms))}`
  return reason === undefined ? [words] : [words, colors.dim(`(${sanitize(reason)})`)]
}

/** A replay, what the bot itself has said, or what somebody else has. */
function markOf(delivery: Pending['delivery'], colors: Colors): string {
  if (delivery.type === 'replay') return colors.cyan('↻')
  return delivery.own ? colors.dim('↩') : '←'
}
