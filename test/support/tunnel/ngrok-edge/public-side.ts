// One public HTTPS address: every request goes through a proxy stream of the agent that has the endpoint.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from './certificate.ts'
import type { FaultState } from './faults.ts'
import type { EdgeLog } from './log.ts'

export interface PublicSide {
  /** `https://localhost:<port>` */
  readonly url: string
  close(): Promise<void>
}

/** Listens on loopback; `connect` opens a stream to the agent, or returns `null` when no agent has the endpoint. */
export async function openPublicSide(
  { key, cert }: Certificate,
  { faults, log }: { readonly faults: FaultState; readonly log: EdgeLog },
  connect: (clientAddr: string) => Duplex | null,
): Promise<PublicSide> {
  const server = createServer({ key, cert })
  server.prependListener('connection', (socket) => {
    if (faults.dark) socket.destroy()
  })
  server.on('request', (request, response) => {
    response.on('close', () => {
      log.add({ kind: 'request', method: request.method ?? '', path: pathOf(request), status: response.statusCode })
    })
    pass(request, response, faults, connect).catch((error: unknown) => response.destroy(asError(error)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  faults: FaultState,
  connect: (clientAddr: string) => Duplex | null,
): Promise<void> {
  // Whole before it is sent: in one piece with the head it does not wait for an ACK between agent and upstream.
  const body = await collect(request)
  if (faults.publicDelayMs > 0) await sleep(faults.publicDelayMs)
  const { remoteAddress = '127.0.0.1', remotePort = 1 } = request.socket
  const hidden = faults.hidden > 0
  if (hidden) faults.hidden -= 1
  const stream = hidden ? null : connect(`${remoteAddress}:${remotePort}`)
  if (stream === null) return refuse(response, 404, 'ERR_NGROK_3200', 'The endpoint is offline.')

  const upstream = httpRequest({
    createConnection: () => stream,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: forwarded(request, body.length),
  })
  upstream.once('error', () => {
    stream.destroy()
    if (response.headersSent) response.destroy()
    else refuse(response, 502, 'ERR_NGROK_3004', 'The agent sent no complete answer.')
  })
  upstream.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders))
    answer.pipe(response)
    answer.once('error', () => response.destroy())
  })
  response.once('close', () => stream.destroy())
  upstream.end(body)
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'proxy-connection', 'te', 'upgrade'])

function withoutHopByHop(raw: readonly string[], also?: string): string[] {
  return raw.filter((_, i) => {
    const name = (raw[i - (i % 2)] ?? '').toLowerCase()
    return !HOP_BY_HOP.has(name) && name !== also
  })
}

function forwarded(request: IncomingMessage, length: number): string[] {
  const headers = withoutHopByHop(request.rawHeaders, 'content-length')
  const hasBody = length > 0 || request.headers['content-length'] !== undefined
  if (hasBody) headers.push('Content-Length', String(length))
  headers.push('X-Forwarded-For', request.socket.remoteAddress ?? '', 'X-Forwarded-Proto', 'https')
  return [...headers, 'X-Forwarded-Host', request.headers.host ?? '', 'Connection', 'close']
}

function refuse(response: ServerResponse, status: number, code: string, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'ngrok-error-code': code })
  response.end(`${text} ${code}`)
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '').replace(/\?.*/s, '')
const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
