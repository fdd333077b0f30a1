// Walking over the bytes of a segment, line by line, without trusting any of them.
import type { FileHandle } from 'node:fs/promises'
import { decodeHead, decodeLine, type Head } from './record-format.ts'
import { openSegment } from './segments.ts'

/** Bytes from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What a walk found besides good lines. */
export interface Scanned {
  /** What is no line of ours, neighbours merged, in order; an unterminated last line is one of them. */
  readonly bad: readonly Span[]
  /** Where the last terminated line ends. */
  readonly complete: number
  /** Where the file ended. */
  readonly end: number
}

/** Told of every good line: `offset` in the file, `length` without the line feed. */
export type OnLine = (head: Head, offset: number, length: number) => void

const LINE_FEED = 0x0a
// Large enough to be quick, small enough that neither memory nor the event loop notices.
const CHUNK_BYTES = 256 * 1024

/** Walks over a segment from the byte `from` on; `null` when it is gone, because the writer may prune at any time. */
export async function scanSegment(events: string, name: string, from: number, onLine: OnLine): Promise<Scanned | null> {
  const file = await openSegment(events, name)
  if (file === null) return null
  const bad: Span[] = []
  try {
    let base = from
    // Of a line that ends in a later chunk.
    let begun = Buffer.alloc(0)
    for await (const chunk of readChunks(file, from)) {
      const lineEnd = chunk.indexOf(LINE_FEED) + 1
      if (lineEnd === 0) {
        begun = Buffer.concat([begun, chunk])
        continue
      }
      const straddling = Buffer.concat([begun, chunk.subarray(0, lineEnd)])
      const rest = chunk.subarray(lineEnd)
      base += scanLines(straddling, base, onLine, bad)
      const complete = scanLines(rest, base, onLine, bad)
      base += complete
      begun = Buffer.from(rest.subarray(complete))
    }
    if (begun.length > 0) addTo(bad, base, base + begun.length)
    return { bad, complete: base, end: base + begun.length }
  } finally {
    await file.close()
  }
}

/** The bytes from a position on. A chunk is good until the next one: while it is looked at, the one after it is read. */
async function* readChunks(file: FileHandle, from: number): AsyncGenerator<Buffer, void, undefined> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const
  let position = from
  const read = (buffer: Buffer) => file.read(buffer, 0, CHUNK_BYTES, position)
  let reading = read(buffers[0])
  try {
    for (;;) {
      const { bytesRead, buffer } = await reading
      if (bytesRead === 0) return
      position += bytesRead
      reading = read(buffer === buffers[0] ? buffers[1] : buffers[0])
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    // The file may be closed only after that.
    await reading.catch(() => undefined)
  }
}

/** Gives where the last terminated line ends. */
function scanLines(bytes: Buffer, base: number, onLine: OnLine, bad: Span[]): number {
  // Blocks of zeros are what a power failure leaves; they may hide in the middle of a line whose head looks well.
  const headAt = bytes.includes(0) ? wholeAt : decodeHead
  let start = 0
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    const head = headAt(bytes, start, end)
    if (head === null) addTo(bad, base + start, base + end + 1)
    else onLine(head, base + start, end - start)
    start = end + 1
  }
  return start
}

/** The spans of the good lines, each checked to its last byte, with their line feeds; neighbours merged. */
export function goodSpans(bytes: Buffer): readonly Span[] {
  const good: Span[] = []
  let start = 0
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    if (wholeAt(bytes, start, end) !== null) addTo(good, start, end + 1)
    start = end + 1
  }
  return good
}

const wholeAt = (bytes: Buffer, start: number, end: number): Head | null =>
  decodeLine(bytes.subarray(start, end))?.head ?? null

function addTo(spans: Span[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last?.end === start) spans[spans.length - 1] = { start: last.start, end }
  else spans.push({ start, end })
}
