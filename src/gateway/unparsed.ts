// Requests that end before they are one: what `node:http` refuses by itself is answered as it would be, and announced.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { codeOf } from '../core/errors.ts'
import type { RejectReason } from '../core/notices.ts'

/** Why something that came over a connection is refused, and how that is answered. */
export interface Refusal {
  readonly reason: RejectReason
  readonly status: number
  readonly detail: string
}

const MALFORMED = { reason: 'malformed', status: 400 } as const

/** By the code of the error. The parser has some forty more, all of which mean that this is not HTTP. */
const KNOWN: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { reason: 'too-large', status: 431, detail: 'the headers are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'timed-out', status: 408, detail: 'the request did not arrive whole in time' },
  HPE_INVALID_METHOD: { ...MALFORMED, detail: 'its method is unknown' },
  HPE_INVALID_URL: { ...MALFORMED, detail: 'its URL is malformed' },
}

/** The client has left in the middle of it: nothing was refused. */
const LEFT = 'HPE_INVALID_EOF_STATE'

/** Which connections owe an answer to a request that has come whole. */
export interface Owed {
  /** Notes a request until it is answered. */
  add(request: IncomingMessage, response: ServerResponse): void
  isOwed(connection: Duplex): boolean
}

/** Creates the notes, empty. */
export function createOwed(): Owed {
  const open = new WeakMap<Duplex, Set<IncomingMessage>>()
  return {
    add: (request, response) => {
      const requests = open.get(request.socket) ?? new Set()
      open.set(request.socket, requests.add(request))
      response.once('close', () => requests.delete(request))
    },
    isOwed: (connection) => [...(open.get(connection) ?? [])].some(({ complete }) => complete),
  }
}

/**
 * Answers what is no request, and closes its connection. `refused` is called for each; not for a connection that broke, or on
 * which nothing has come. A connection that owes an answer is cut: this one would be taken for that.
 */
export function refuseUnparsed(server: Server, isOwed: Owed['isOwed'], refused: (refusal: Refusal) => void): void {
  const end = (connection: Duplex, refusal: Refusal): void => {
    refused(refusal)
    if (isOwed(connection) || !connection.writable) return void connection.destroy()
    connection.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\nConnection: close\r\n\r\n`)
  }
  server.on('clientError', (error, connection) => {
    const refusal = refusalOf(error)
    if (refusal === null || !('bytesRead' in connection) || connection.bytesRead === 0) connection.destroy()
    else end(connection, refusal)
  })
  // Without a listener the connection is closed without a word.
  server.on('connect', (_request, connection) => {
    end(connection, { reason: 'unsupported', status: 405, detail: 'CONNECT is for proxies' })
  })
}

function refusalOf(error: Error): Refusal | null {
  const code = codeOf(error) ?? ''
  if (code === LEFT || !(code.startsWith('HPE_') || code in KNOWN)) return null
  return (
    KNOWN[code] ?? { ...MALFORMED, detail: `it is not an HTTP request: ${error.message.replace(/^Parse Error: /, '')}` }
  )
}
