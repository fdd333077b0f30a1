// Text and bytes on their way to the disk, one behind the other: the short ones in one buffer, the long ones as they are.

export interface ByteBuffer {
  /** A long part is kept, not copied: it must stay as it is until the buffer is cleared. */
  add(part: string | Buffer): void
  /** How many bytes were added. */
  readonly length: number
  /** Everything that was added from a byte on, piece by piece; good until the buffer is cleared. */
  bytes(from?: number): readonly Buffer[]
  clear(): void
}

// Room for a usual batch. Used again and again, since the system maps a new one of this size page by page.
const USUAL_BYTES = 1024 * 1024
// To copy so much takes longer than a write of its own, most of all into memory that is new.
const LONG = 256 * 1024

/** Creates an empty buffer, which grows as it must. */
export function createByteBuffer(): ByteBuffer {
  const usual = Buffer.allocUnsafeSlow(USUAL_BYTES)
  let buffer = usual
  let used = 0
  /** What stands before the byte `begin` of the buffer. */
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
      // As UTF-8, no character takes more than three bytes for each of its code units.
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
