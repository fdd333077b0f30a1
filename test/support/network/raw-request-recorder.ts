// A server on a bare socket that keeps each request as its bytes say, where an HTTP server would refuse or tidy up some of them.
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'

interface RawRequest {
  readonly line: string
  /** Names and values in order, one character for each byte. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

export interface RawRequestRecorder {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly requests: RawRequest[]
}

/** Opens it until the test ends. It answers 200 and closes the connection. */
export async function rawRequestRecorderForTest(): Promise<RawRequestRecorder> {
  const requests: RawRequest[] = []
  const server = createServer((socket) => {
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const request = parse(bytes)
      if (request === null) return
      requests.push(request)
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      bytes = Buffer.alloc(0)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return { url: `http://127.0.0.1:${address.port}`, requests }
}

/** `null` while something is missing. */
function parse(bytes: Buffer): RawRequest | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [line = '', ...rows] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = rows.map((row) => {
    const at = row.indexOf(':')
    return [row.slice(0, at), row.slice(at + 1).replace(/^ /, '')] as const
  })
  const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
  const body = bytes.subarray(end + 4)
  return body.length < length ? null : { line, headers, body }
}
