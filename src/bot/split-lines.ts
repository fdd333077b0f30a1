// Cutting a stream of bytes into lines of bounded length, as a terminal may show them.
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { type Clock, MONOTONIC } from '../core/async.ts'
import type { Off } from '../core/listeners.ts'
import { createOutputFilter } from './output-filter.ts'

interface Splitting {
  /** Longest line in UTF-16 code units; a longer one is passed on in pieces. */
  readonly longest?: number
  readonly clock?: Pick<Clock, 'after'>
}

const MAX_LINE = 16_384

/** How long a line without an end waits for the rest of it, in ms: a prompt has none. */
const HALF_LINE_MS = 150

/**
 * Calls `onLine` for each line without its line end, and for a last one that has none; for half a line after a moment, and then
 * for the rest of it. Of what a terminal would act on only colours are left.
 */
export function onLines(
  stream: Readable,
  onLine: (line: string) => void,
  { longest = MAX_LINE, clock = MONOTONIC }: Splitting = {},
): void {
  // A character may be split between two chunks.
  const decoder = new StringDecoder('utf8')
  const filter = createOutputFilter(onLine, longest)
  let cancel: Off | null = null

  const dontWait = (): void => {
    cancel?.()
    cancel = null
  }
  const take = (text: string): void => {
    filter.write(text)
    // Counted from the beginning of the line: one that grows bit by bit is shown as well.
    if (!filter.waits || text.includes('\n')) dontWait()
    if (filter.waits) {
      cancel ??= clock.after(HALF_LINE_MS, () => {
        cancel = null
        filter.flush()
      })
    }
  }
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  stream.once('close', () => {
    take(decoder.end())
    dontWait()
    filter.flush()
  })
}
