// What `node:http` itself refuses before there is a request: answered as Node would, and announced.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { codeOf } from '../core/errors.ts'
import type { RejectReason } from '../core/notices.ts'

/** Why something is refused, and how that is answered. */
export interface Refusal {
  readonly reason: RejectReason
  readonly status: number
  readonly detail: string
}

const MALFORMED = { reason: 'malformed', status: 400 } as const

/** By error code. Node's parser has some forty more codes, all of which mean that this is not HTTP. */
const KNOWN: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { reason: 'too-large', status: 431, detail: 'the headers are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'timed-out', status: 408, detail: 'the request did not arrive whole in time' },
  HPE_INVALID_METHOD: { ...MALFORMED, detail: 'its method is unknown' },
  HPE_INVALID_URL: { ...MALFORMED, detail: 'its URL is malformed' },
}

/** The code when the client left in the middle of a request: nothing was refused. */
const LEFT = 'HPE_INVALID_EOF_STATE'

/** The requests that are not answered yet. */
export interface Unanswered {
  /** Adds a request, until it is answered. */
  add(request: IncomingMessage, response: ServerResponse): void
  /** Whether a request that arrived completely on this connection is not answered yet. */
  has(connection: Duplex): boolean
}

/** Creates an empty set of requests. */
export function createUnanswered(): Unanswered {
  const open = new WeakMap<Duplex, Set<IncomingMessage>>()
  return {
    add: (request, response) => {
      const requests = open.get(request.socket) ?? new Set()
      open.set(request.socket, requests.add(request))
      response.once('close', () => requests.delete(request))
    },
    has: (connection) => [...(open.get(connection) ?? [])].some(({ complete }) => complete),
  }
}

/**
 * Answers what is not a request, and closes its connection. `refused` is called for each; not for a connection that broke, or on which
 * nothing has arrived. A connection with an unanswered request is cut instead: this answer would be taken for the one to that request.
 */
export function refuseUnparsed(server: Server, unanswered: Unanswered, refused: (refusal: Refusal) => void): void {
  const end = (connection: Duplex, refusal: Refusal): void => {
    refused(refusal)
    if (unanswered.has(connection) || !connection.writable) return void connection.destroy()
    connection.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\nConnection: close\r\n\r\n`)
  }
  server.on('clientError', (error, connection) => {
    const refusal = refusalOf(error)
    if (refusal === null || !('bytesRead' in connection) || connection.bytesRead === 0) connection.destroy()
    else end(connection, refusal)
  })
  // Without a listener, Node closes the connection without an answer.
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
