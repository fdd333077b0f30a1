// Text and bytes that are collected for one write: short parts copied into one buffer, long ones kept as they are.

export interface ByteBuffer {
  /** Appends a part. A long one is not copied, so that it must not change until the buffer is cleared. */
  add(part: string | Buffer): void
  /** How many bytes were added. */
  readonly length: number
  /** Everything from the byte `from` on, in pieces; valid until the buffer is cleared. */
  bytes(from?: number): readonly Buffer[]
  clear(): void
}

// Room for a usual batch. Reused, because the system maps new memory of this size page by page.
const USUAL_BYTES = 1024 * 1024
// Copying this much takes longer than a separate write, above all into new memory.
const LONG = 256 * 1024

/** Creates an empty buffer, which grows as needed. */
export function createByteBuffer(): ByteBuffer {
  const usual = Buffer.allocUnsafeSlow(USUAL_BYTES)
  let buffer = usual
  let used = 0
  /** What precedes the byte `begin` of the buffer. */
  let pieces: Buffer[] = []
  let piecesBytes = 0
  let begin = 0

  function reserve(bytes: number): void {
    if (used + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (used + bytes))
    buffer.copy(larger, 0, 0, used)
    buffer = larger
  }

  function addPiece(piece: Buffer): void {
    pieces.push(piece)
    piecesBytes += piece.length
  }

  function addLong(part: string | Buffer): void {
    addPiece(buffer.subarray(begin, used))
    begin = used
    addPiece(typeof part === 'string' ? Buffer.from(part) : part)
  }

  return {
    add: (part) => {
      if (part.length >= LONG) return addLong(part)
      // UTF-8 takes at most three bytes for a UTF-16 code unit.
      reserve(typeof part === 'string' ? 3 * part.length : part.length)
      used += typeof part === 'string' ? buffer.write(part, used) : part.copy(buffer, used)
    },
    get length() {
      return piecesBytes + used - begin
    },
    bytes: (from = 0) => {
      if (pieces.length === 0) return [buffer.subarray(from, used)]
      let before = 0
      return [...pieces, buffer.subarray(begin, used)].map((piece) => {
        const skipped = Math.max(0, from - before)
        before += piece.length
        return piece.subarray(skipped)
      })
    },
    clear: () => {
      buffer = usual
      used = 0
      pieces = []
      piecesBytes = 0
      begin = 0
    },
  }
}
