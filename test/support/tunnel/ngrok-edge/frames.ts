// muxado frames: the eight-byte header and the body, to bytes and back.

/** The four kinds of frame. */
export const FRAME = { rst: 0, data: 1, windowIncrement: 2, goAway: 3 } as const
export const FIN = 0x1
export const SYN = 0x2

const HEADER = 8
/** Longest body that the 24-bit length can say. */
const MAX_BODY = 0xff_ff_ff
// The top bit of a stream id is ignored.
const STREAM_MASK = 0x7f_ff_ff_ff

/** One frame. `type` and `flags` have four bits each, `stream` has 31. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly body: Buffer
}

/** The bytes of a frame; throws for a body that is too long to be said. */
export function encodeFrame({ type, flags, stream, body }: Frame): Buffer {
  if (body.length > MAX_BODY) throw new RangeError(`a frame body of ${body.length} bytes`)
  const header = Buffer.alloc(HEADER)
  header.writeUIntBE(body.length, 0, 3)
  header.writeUInt8(((type & 0xf) << 4) | (flags & 0xf), 3)
  header.writeUInt32BE((stream & STREAM_MASK) >>> 0, 4)
  return Buffer.concat([header, body])
}

/** A four-byte body, as RST and WNDINC have. */
export function word(value: number): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(value)
  return body
}

/** Creates a decoder: give it chunks as they arrive, it returns the frames that are complete. */
export function createFrameDecoder(): (chunk: Buffer) => Frame[] {
  let pending: Buffer[] = []
  let size = 0
  let wanted = HEADER
  return (chunk) => {
    pending.push(chunk)
    size += chunk.length
    // Joining is put off until a frame can be complete: a long body arrives in hundreds of chunks.
    if (size < wanted) return []
    const bytes = Buffer.concat(pending)
    const frames: Frame[] = []
    let at = 0
    for (;;) {
      wanted = bytes.length - at < HEADER ? HEADER : HEADER + bytes.readUIntBE(at, 3)
      if (bytes.length - at < wanted) break
      frames.push(frameAt(bytes, at, wanted))
      at += wanted
    }
    const rest = bytes.subarray(at)
    pending = [rest]
    size = rest.length
    return frames
  }
}

function frameAt(bytes: Buffer, at: number, length: number): Frame {
  const kind = bytes.readUInt8(at + 3)
  return {
    type: kind >> 4,
    flags: kind & 0xf,
    stream: bytes.readUInt32BE(at + 4) & STREAM_MASK,
    body: bytes.subarray(at + HEADER, at + length),
  }
}
