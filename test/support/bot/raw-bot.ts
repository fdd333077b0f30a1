// A bot that shows every byte it gets: a TCP server which reads HTTP requests and lets the test write the answer.
import { once } from 'node:events'
import net from 'node:net'

/** A request as it was on the wire. */
export interface RawRequest {
  readonly method: string
  readonly url: string
  /** `[name, value, …]`, in their order and case. */
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly socket: net.Socket
}

export interface RawBot {
  readonly port: number
  readonly requests: RawRequest[]
  /** Connections that are open now, and how many there were. */
  readonly sockets: ReadonlySet<net.Socket>
  readonly connections: () => number
  /** Resolves once it has had so many requests. */
  seen(count: number): Promise<void>
  /** Closes the port and every connection. */
  close(): Promise<void>
}

export interface RawBotOptions {
  readonly port?: number
  readonly host?: string
  /** Called for every complete request; answers 200 without a body when absent. */
  readonly onRequest?: (request: RawRequest) => void
  /** Called with every piece that arrives, before it is read as a request. */
  readonly onBytes?: (socket: net.Socket) => void
}

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

/** Starts a raw bot on a loopback port. */
export async function openRawBot(options: RawBotOptions = {}): Promise<RawBot> {
  const { onRequest = ({ socket }) => socket.write(OK), onBytes } = options
  const requests: RawRequest[] = []
  const sockets = new Set<net.Socket>()
  const watchers = new Set<() => void>()
  let connections = 0
  const server = net.createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Cut connections are what many of these tests are about.
    socket.on('error', () => {})
    let pending: Buffer[] = []
    let missing = 0
    socket.on('data', (chunk) => {
      onBytes?.(socket)
      pending.push(chunk)
      missing -= chunk.length
      if (missing > 0) return
      const bytes = Buffer.concat(pending)
      const read = readRequest(bytes, socket)
      if ('missing' in read) {
        pending = [bytes]
        missing = read.missing
        return
      }
      pending = read.rest.length > 0 ? [read.rest] : []
      requests.push(read.request)
      onRequest(read.request)
      for (const watcher of watchers) watcher()
    })
  })
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    requests,
    sockets,
    connections: () => connections,
    seen: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (requests.length < count) return
          watchers.delete(check)
          resolve()
        }
        watchers.add(check)
        check()
      }),
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function readRequest(bytes: Buffer, socket: net.Socket): { missing: number } | { request: RawRequest; rest: Buffer } {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return { missing: 1 }
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method = '', url = ''] = first.split(' ')
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
  })
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'content-length')
  const length = at < 0 ? 0 : Number(headers[at + 1])
  const start = end + 4
  if (bytes.length < start + length) return { missing: start + length - bytes.length }
  return {
    request: { method, url, headers, body: bytes.subarray(start, start + length), socket },
    rest: bytes.subarray(start + length),
  }
}
