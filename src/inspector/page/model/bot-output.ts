// What the bot has printed: what the run has kept of it, and what it prints while the page is open, with their times.
import { createObservable, type Observable } from '../../../core/listeners.ts'
import type { Notice } from '../../../core/notices.ts'
import { ask } from './api.ts'

export interface OutputLine {
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  readonly line: string
}

export interface BotOutput {
  readonly lines: Observable<readonly OutputLine[]>
  /** Asks the run for what it has kept. */
  load(): void
  take(notice: Notice): void
}

const KEPT = 2_000

export function createBotOutput(): BotOutput {
  const lines = createObservable<readonly OutputLine[]>([])
  return {
    lines,
    load: () => {
      ask('output', { limit: 1_000 }).then(
        (kept) => {
          const before = kept.lines.map(({ time, ...rest }) => ({ at: Date.parse(time), ...rest }))
          const last = before.at(-1)?.at ?? 0
          lines.set([...before, ...lines.current().filter(({ at }) => at > last)])
        },
        // What is wrong is said by whatever else is asked then.
        () => undefined,
      )
    },
    take: (notice) => {
      if (notice.type !== 'bot-output') return
      const { time, stream, line } = notice
      lines.set([...lines.current().slice(1 - KEPT), { at: Date.parse(time), stream, line }])
    },
  }
}

/** The lines that were printed between two times. */
export const printedBetween = (lines: readonly OutputLine[], start: number, end: number): readonly OutputLine[] =>
  lines.filter(({ at }) => at >= start && at <= end)
