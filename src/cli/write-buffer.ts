// Lines on their way out: how many leave in one write.
import { type Clock, MONOTONIC } from '../core/async.ts'

export interface Lines {
  add(stream: Pick<NodeJS.WritableStream, 'write'>, line: string): void
  /** Lets go at once of what waits. */
  flush(): void
}

/** In a flood of lines, how long they gather before they leave: nobody sees the difference. */
const GATHER_MS = 10

/**
 * Creates it. In a flood many lines leave together, else those of one turn of the event loop: a write blocks, and one for each
 * line of each delivery took longer than anything else that is done for it.
 */
export function createLines({ now, after }: Clock = MONOTONIC): Lines {
  let waiting: { readonly stream: Pick<NodeJS.WritableStream, 'write'>; text: string }[] = []
  let left = Number.NEGATIVE_INFINITY

  function flush(): void {
    const leaving = waiting
    waiting = []
    left = now()
    for (const { stream, text } of leaving) stream.write(text)
  }

  function schedule(): void {
    if (now() - left < GATHER_MS) after(GATHER_MS, flush)
    else setImmediate(flush)
  }

  return {
    flush,
    add: (stream, line) => {
      if (waiting.length === 0) schedule()
      // Both may end on the same terminal, so the order between them counts.
      const last = waiting.at(-1)
      if (last?.stream === stream) last.text += `${line}\n`
      else waiting.push({ stream, text: `${line}\n` })
    },
  }
}
