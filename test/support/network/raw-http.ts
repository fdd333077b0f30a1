// One HTTP exchange over a bare socket, so that a test decides about every byte that is sent.
import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** Sends the bytes and reads until the server closes the connection (ask for it with `connection: close`). */
export async function exchange(port: number, bytes: Buffer | string): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.once('connect', () => socket.write(bytes))
  })
  return parseAnswer(Buffer.concat(chunks))
}

function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.flatMap((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at), line.slice(at + 1).trim()]
  })
  return { status: Number(first.split(' ')[1]), headers, body: bytes.subarray(end + 4) }
}
