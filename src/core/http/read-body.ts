// Reading a stream of bytes to its end, up to a limit.

const NOTHING = Buffer.alloc(0)

/** What is read: a request, a response, a file, standard input. */
export interface ByteStream {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'end', listener: () => void): unknown
}

/**
 * Calls back once with the whole of a stream; with `null` if `keeps` was false for the length of one of its chunks: then nothing of it
 * is kept. Such a stream is read to its end all the same: a connection that is closed with bytes unread is reset, and the answer is
 * lost with them. Never calls back when the stream breaks before its end.
 */
export function readWhole(
  stream: ByteStream,
  keeps: (bytes: number) => boolean,
  done: (body: Buffer | null) => void,
): void {
  let chunks: Buffer[] | null = []
  stream.on('data', (chunk: Buffer) => {
    if (chunks === null) return
    if (keeps(chunk.length)) chunks.push(chunk)
    else chunks = null
  })
  stream.on('end', () => done(chunks === null ? null : joined(chunks)))
}

/**
 * The whole of a stream; `null`, as soon as that is known, if it is longer than `maxBytes`: the rest is not read, and the stream
 * is destroyed. Rejects with the stream's own error.
 */
export async function readUpTo(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return joined(chunks)
}

/** Nearly always it came in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first = NOTHING] = chunks
  return chunks.length <= 1 ? first : Buffer.concat(chunks)
}
