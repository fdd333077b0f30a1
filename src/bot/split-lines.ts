// Cutting a stream of bytes into lines of bounded length.
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Longest line in characters; a longer one is passed on in pieces, nothing of it is lost. */
const MAX_LINE = 16_384

/** Calls `onLine` for each line without its line end, and for a last one that has none. Colours stay as they are. */
export function onLines(stream: Readable, onLine: (line: string) => void, longest = MAX_LINE): void {
  // A character may be split between two chunks.
  const decoder = new StringDecoder('utf8')
  let rest = ''

  const take = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) pieces(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (rest.length > longest) {
      onLine(rest.slice(0, longest))
      rest = rest.slice(longest)
    }
  }
  const pieces = (line: string): void => {
    for (let from = 0; from === 0 || from < line.length; from += longest) onLine(line.slice(from, from + longest))
  }

  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
  stream.once('close', () => {
    take(decoder.end())
    if (rest !== '') onLine(rest)
    rest = ''
  })
}
