// What the bot has printed while the page was open: the latest lines, with their times.
import { createObservable, type Observable } from '../../../core/listeners.ts'
import type { Notice } from '../../../core/notices.ts'

export interface OutputLine {
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  readonly line: string
}

export interface BotOutput {
  readonly lines: Observable<readonly OutputLine[]>
  take(notice: Notice): void
}

const KEPT = 2_000

export function createBotOutput(): BotOutput {
  const lines = createObservable<readonly OutputLine[]>([])
  return {
    lines,
    take: (notice) => {
      if (notice.type !== 'bot-output') return
      const { time, stream, line } = notice
      lines.set([...lines.current().slice(1 - KEPT), { at: Date.parse(time), stream, line }])
    },
  }
}

/** A bot prints a little after it has answered, too. */
const AFTER_MS = 50

/** The lines that were printed between two times. */
export const printedBetween = (lines: readonly OutputLine[], start: number, end: number): readonly OutputLine[] =>
  lines.filter(({ at }) => at >= start && at <= end + AFTER_MS)
