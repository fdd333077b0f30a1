// Lines on their way out: how many leave in one write.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Dropped } from './line-queue.ts'
import type { Outlet } from './outlet.ts'

/** A line, or what makes it once it leaves: those of a flood are then made one after the other, which takes half as long. */
export type LineToCome = string | (() => string)

export interface Lines {
  /** Writes a line a moment later; `dropped` as for the outlet. */
  add(outlet: Outlet, line: LineToCome, dropped: Dropped | null): void
  /** Writes at once what waits. */
  flush(): void
}

interface Gathered {
  readonly outlet: Outlet
  readonly dropped: Dropped | null
  readonly lines: LineToCome[]
}

const textOf = (lines: readonly LineToCome[]): string => {
  let text = ''
  for (const line of lines) text += `${typeof line === 'string' ? line : line()}\n`
  return text
}

/** In a flood of lines, how long they gather before they leave: nobody sees the difference. */
const GATHER_MS = 10
/** How many gather: on a busy machine a bot prints more in one turn of the event loop than an outlet may hold. */
const MAX_GATHERED = 1_000

/**
 * Creates a buffer for lines. In a flood many of them leave together, else those of one turn of the event loop: one write
 * for each line of each delivery took longer than anything else that is done for it. `finish` makes of a text what is written.
 */
export function createLines(
  { now, after }: Clock = MONOTONIC,
  finish: (outlet: Outlet, text: string) => string = (_outlet, text) => text,
): Lines {
  let waiting: Gathered[] = []
  let gathered = 0
  let left = Number.NEGATIVE_INFINITY

  function flush(): void {
    const leaving = waiting
    waiting = []
    gathered = 0
    left = now()
    for (const { outlet, lines, dropped } of leaving) outlet.write(finish(outlet, textOf(lines)), lines.length, dropped)
  }

  function schedule(): void {
    if (now() - left < GATHER_MS) after(GATHER_MS, flush)
    else setImmediate(flush)
  }

  return {
    flush,
    add: (outlet, line, dropped) => {
      if (waiting.length === 0) schedule()
      // Both may end on the same terminal, so the order between them counts.
      const last = waiting.at(-1)
      if (last?.outlet === outlet && last.dropped === dropped) last.lines.push(line)
      else waiting.push({ outlet, dropped, lines: [line] })
      gathered += 1
      if (gathered >= MAX_GATHERED) flush()
    },
  }
}
