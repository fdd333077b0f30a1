// The inspector's HTTP server on loopback: it listens from the start, and loads what answers when somebody asks.

import { createServer, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { after } from '../core/async.ts'
import { codeOf, messageOf } from '../core/errors.ts'
import { createAccess } from './access.ts'
import { keepAddress, pagePlace, removeAddress, writeAddress } from './address.ts'
import { listen } from './listen.ts'
import type { RunHandlers } from './operations/routes.ts'
import { createStream, type StreamSource } from './stream.ts'

export interface InspectorOptions {
  /** What does the work of the operations. */
  readonly handlers: RunHandlers
  /** What happens, for whoever looks. */
  readonly events: StreamSource
  /** The bot's state folder, into which the address is written. */
  readonly folder: string
  readonly runId: string
  /** The port to listen on; `null` for a usual one. One that is taken is not waited for. */
  readonly port: number | null
  /** The folder of the page; where the build puts it by default. */
  readonly pageFolder?: string
  /** How long requests in flight may go on after `close()`, in ms. */
  readonly finishWithinMs?: number
  /** How often it is looked whether the address is still in the folder, in ms. */
  readonly keepAddressMs?: number
}

export interface Inspector {
  readonly port: number
  /** The address of the page with the token that lets a browser in. */
  readonly link: string
  /** The file with the token for programs. */
  readonly tokenFile: string
  /** Deletes the address, refuses new requests, and lets those under way finish for a moment. Idempotent. */
  close(): Promise<void>
}

/** Opens the inspector on 127.0.0.1, then writes its address. Rejects with the system's error. */
export async function openInspector(options: InspectorOptions): Promise<Inspector> {
  const { handlers, events, folder, runId, pageFolder, finishWithinMs = 500, keepAddressMs = 10_000 } = options
  const access = createAccess()
  const stream = createStream({ source: events, runId })
  let port = 0
  let stopKeeping = (): Promise<void> => Promise.resolve()
  let closing: Promise<void> | undefined
  // Most runs are never asked, and a framework takes a seventh of the memory of an idle one.
  const answer = lazily(async () => {
    const { createApp } = await import('./app.ts')
    return createApp({ handlers, access, stream, port: () => port, pageFolder })
  })
  const server = createServer(TIMES, (request, response) =>
    closing === undefined ? answer(request, response) : refuse(response, 503, 'dev-hook is ending'),
  )
  server.on('clientError', refuseUnparsed)

  async function closeAll(): Promise<void> {
    await stopKeeping()
    // Where it cannot be removed, whoever follows it finds nobody.
    await removeAddress(folder).catch(() => undefined)
    stream.close()
    const cancel = after(finishWithinMs, () => server.closeAllConnections())
    await new Promise<void>((resolve) => server.close(() => resolve()))
    cancel()
  }
  const close = (): Promise<void> => {
    closing ??= closeAll()
    return closing
  }

  try {
    port = await listen(server, options.port)
    const address = { runId, port, token: access.token }
    await writeAddress(folder, address)
    stopKeeping = keepAddress(folder, address, keepAddressMs)
    const { link, tokenFile } = pagePlace(folder, address)
    return { port, link, tokenFile, close }
  } catch (error) {
    await close()
    throw error
  }
}

// A browser asks again within a minute.
const TIMES = { requestTimeout: 30_000, keepAliveTimeout: 72_000 }

/** Makes a listener when the first request comes, which waits for it. */
function lazily(make: () => Promise<RequestListener>): RequestListener {
  let made: Promise<RequestListener> | null = null
  return (request, response) => {
    made ??= make()
    made.then(
      (listener) => listener(request, response),
      (error: unknown) => {
        // The next request tries again.
        made = null
        refuse(response, 500, messageOf(error))
      },
    )
  }
}

/** Answers what is not a request, and ends its connection. */
function refuseUnparsed(error: Error, connection: Duplex): void {
  const code = codeOf(error) ?? ''
  if (!connection.writable || code === 'ECONNRESET') return void connection.destroy()
  const [status, message] = UNPARSED[code] ?? [400, 'this is not an HTTP request']
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n`
  connection.end(head + JSON.stringify({ error: { message } }))
}

const UNPARSED: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: { message } }))
}
