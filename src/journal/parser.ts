// The parser of a segment: walks over its bytes line by line without trusting any of them.
import type { FileHandle } from 'node:fs/promises'
import { decodeLine, decodeRecord } from './format/line-codec.ts'
import type { LogRecord } from './format/record-format.ts'
import { firstSeqOf, formatOf, openSegment } from './segments.ts'

/** Bytes from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What a segment holds besides records. */
export interface ParsedSegment {
  /** What is no line of the log, neighbours merged, in order; an unterminated last line is one of them. */
  readonly damaged: readonly Span[]
  /** Where the last terminated line ends. */
  readonly complete: number
  /** Where the file ended. */
  readonly end: number
}

/** Called for every record: `offset` of its line in the file, `length` of that without the line feed. */
export type OnRecord = (record: LogRecord, offset: number, length: number) => void

const LINE_FEED = 0x0a
// Large enough to be quick, small enough that neither memory nor the event loop notices.
const CHUNK_BYTES = 1024 * 1024

/** What the bytes of a segment are read into, one part while the other is parsed. */
type Chunks = readonly [Buffer, Buffer]

/** Allocates them. The system clears memory that it gives out: whoever reads many segments reads them into the same. */
export const createChunks = (): Chunks => [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)]

/**
 * Parses a segment from the byte `from` on; `null` when it is gone, because the writer may prune at any time. `chunks` may be those of
 * a segment that was parsed before.
 */
export async function parseSegment(
  events: string,
  name: string,
  from: number,
  onRecord: OnRecord,
  chunks: Chunks = createChunks(),
): Promise<ParsedSegment | null> {
  const file = await openSegment(events, name)
  if (file === null) return null
  const recordAt = recordReader(name)
  const damaged: Span[] = []
  try {
    let base = from
    // Of a line that ends in a later chunk.
    let begun: Buffer[] = []
    const parse = (bytes: Buffer): Buffer => {
      const complete = eachLine(bytes, (start, end) => {
        const record = recordAt(bytes, start, end)
        if (record === null) addSpan(damaged, base + start, base + end + 1)
        else onRecord(record, base + start, end - start)
      })
      base += complete
      return bytes.subarray(complete)
    }
    for await (const chunk of readChunks(file, from, chunks)) {
      const lineEnd = chunk.indexOf(LINE_FEED) + 1
      begun.push(Buffer.from(lineEnd === 0 ? chunk : chunk.subarray(0, lineEnd)))
      if (lineEnd === 0) continue
      parse(Buffer.concat(begun))
      begun = [Buffer.from(parse(chunk.subarray(lineEnd)))]
    }
    const unterminated = begun.reduce((sum, { length }) => sum + length, 0)
    if (unterminated > 0) addSpan(damaged, base, base + unterminated)
    return { damaged, complete: base, end: base + unterminated }
  } finally {
    await file.close()
  }
}

/** Reads the bytes from a position on. A chunk is good until the next one: while it is parsed, the one after it is read. */
async function* readChunks(file: FileHandle, from: number, buffers: Chunks): AsyncGenerator<Buffer, void, undefined> {
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

/** Finds the lines that are well to their last byte, with their line feeds, neighbours merged. */
export function intactSpans(name: string, bytes: Buffer): readonly Span[] {
  const recordAt = recordReader(name)
  const intact: Span[] = []
  eachLine(bytes, (start, end) => {
    if (recordAt(bytes, start, end) !== null) addSpan(intact, start, end + 1)
  })
  return intact
}

/** Calls back for every line, with its start and its line feed; returns where the last one ends. */
function eachLine(bytes: Buffer, onLine: (start: number, end: number) => void): number {
  let start = 0
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    onLine(start, end)
    start = end + 1
  }
  return start
}

/** Reads the records of a segment, one line after the other; `null` for one that is damaged. */
function recordReader(name: string): (bytes: Buffer, start: number, end: number) => LogRecord | null {
  const format = formatOf(name)
  if (format === 'unchecked')
    return (bytes, start, end) => decodeLine(bytes.subarray(start, end), format)?.record ?? null
  let seq = firstSeqOf(name)
  return (bytes, start, end) => {
    const record = decodeRecord(bytes, start, end, format)
    // A line that stands where it was not written, like a block that was copied, would undo what came after it.
    if (record === null || record.seq < seq) return null
    seq = record.seq
    return record
  }
}

function addSpan(spans: Span[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last?.end === start) spans[spans.length - 1] = { start: last.start, end }
  else spans.push({ start, end })
}
