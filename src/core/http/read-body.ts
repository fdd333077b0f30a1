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
 * lost with them. Never calls back when the stream breaks before its end. `announced` is the length that its sender has said, if any:
 * it saves memory, and may be wrong.
 */
export function readWhole(
  stream: ByteStream,
  keeps: (bytes: number) => boolean,
  done: (body: Buffer | null) => void,
  announced = 0,
): void {
  let gathering: Gathering | null = createGathering(announced)
  stream.on('data', (chunk: Buffer) => {
    if (gathering === null) return
    if (keeps(chunk.length)) gathering.add(chunk)
    else gathering = null
  })
  stream.on('end', () => done(gathering === null ? null : gathering.whole()))
}

interface Gathering {
  add(chunk: Buffer): void
  whole(): Buffer
}

// Whoever announces much, and sends little, gets little.
const SHARE_BEFORE = 1 / 4
// Fewer bytes come in a few chunks.
const LONG = 256 * 1024

/**
 * Puts chunks together. Of a long stream each is copied to its place as it comes, and is garbage at once: chunks that are kept until the
 * end outlive the quick garbage collections, and bring about the slow ones.
 */
function createGathering(announced: number): Gathering {
  let chunks: Buffer[] = []
  let bytes = 0
  let place: Buffer | null = null

  function add(chunk: Buffer): void {
    if (place === null || bytes + chunk.length > place.length) collect(chunk)
    else chunk.copy(place, bytes)
    bytes += chunk.length
  }

  function collect(chunk: Buffer): void {
    if (place !== null) chunks = [place.subarray(0, bytes)]
    place = null
    chunks.push(chunk)
    const all = bytes + chunk.length
    if (announced < LONG || all < announced * SHARE_BEFORE || all > announced) return
    place = Buffer.allocUnsafeSlow(announced)
    let at = 0
    for (const each of chunks) at += each.copy(place, at)
    chunks = []
  }

  return { add, whole: () => place?.subarray(0, bytes) ?? joined(chunks) }
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
