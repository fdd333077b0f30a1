// An HTTP proxy as companies have them: CONNECT only, with a password if it wants one, leading to servers on loopback by name.
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

export interface ConnectProxyOptions {
  /** Where each `host:port` that it is asked for really is; every other one is answered 502. */
  readonly leads: Readonly<Record<string, number>>
  /** `user:password`; without it a call is answered 407. */
  readonly credentials?: string
  /** Accepts connections, and never says a word. */
  readonly silent?: boolean
}

export interface ConnectProxy {
  /** With the credentials in it. */
  readonly url: string
  /** What it was asked to connect to. */
  readonly asked: readonly string[]
  /** Cuts every connection through it, and takes no more. */
  close(): void
}

/** Opens a proxy that is closed when the test ends. */
export async function connectProxyForTest(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const { leads, credentials, silent = false } = options
  const asked: string[] = []
  const open = new Set<Duplex>()
  const keep = <T extends Duplex>(socket: T): T => {
    open.add(socket)
    // A peer that goes is the end of this connection, and none of the test's business.
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
    return socket
  }
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connection', (socket: Socket) => keep(socket))
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(request.url ?? '')
    const port = leads[request.url ?? '']
    if (silent) return
    if (!mayPass(request, credentials)) client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    else if (port === undefined) client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    else join(client, head, keep(connect(port, '127.0.0.1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  onTestFinished(close)
  return { url: `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`, asked, close }
}

function join(client: Duplex, head: Buffer, upstream: Socket): void {
  upstream.on('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    upstream.write(head)
    client.pipe(upstream).pipe(client)
  })
  upstream.on('close', () => client.destroy())
  client.on('close', () => upstream.destroy())
}

function mayPass({ headers }: IncomingMessage, credentials: string | undefined): boolean {
  if (credentials === undefined) return true
  return headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`
}
