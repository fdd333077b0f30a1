// The body of a request: whole, and bounded.
import type { IncomingMessage } from 'node:http'

const NOTHING = Buffer.alloc(0)

/**
 * Reads the body, and hands it over once it is whole; `null` if it is longer than `most` bytes. A longer one is read to its
 * end all the same: a connection that is closed with bytes unread is reset, and the answer is lost with them.
 * Never calls back when the connection breaks before: then there is nobody left to answer.
 */
export function readBody(request: IncomingMessage, most: number, whole: (body: Buffer | null) => void): void {
  let chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= most) chunks.push(chunk)
    else chunks = []
  })
  request.on('end', () => whole(bytes <= most ? joined(chunks) : null))
}

/** Nearly always it came in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first = NOTHING] = chunks
  return chunks.length <= 1 ? first : Buffer.concat(chunks)
}
