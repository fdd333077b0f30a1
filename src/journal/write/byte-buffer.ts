// A buffer that text and bytes are put into, one behind the other, on their way to the disk.

export interface ByteBuffer {
  add(part: string | Buffer): void
  /** How many bytes were added. */
  readonly length: number
  /** Everything that was added from a byte on; good until more is added, or the buffer is cleared. */
  bytes(from?: number): Buffer
  clear(): void
}

// Room for a usual batch. Used again and again, since the system maps a new one of this size page by page.
const USUAL_BYTES = 1024 * 1024

/** Creates an empty buffer, which grows as it must. */
export function createByteBuffer(): ByteBuffer {
  const usual = Buffer.allocUnsafeSlow(USUAL_BYTES)
  let buffer = usual
  let length = 0

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }

  return {
    add: (part) => {
      // As UTF-8, no character takes more than three bytes for each of its code units.
      reserve(typeof part === 'string' ? 3 * part.length : part.length)
      length += typeof part === 'string' ? buffer.write(part, length) : part.copy(buffer, length)
    },
    get length() {
      return length
    },
    bytes: (from = 0) => buffer.subarray(from, length),
    clear: () => {
      buffer = usual
      length = 0
    },
  }
}
