// Between HTTP and the corridor: a request becomes a delivery, a reply becomes bytes on the socket.
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Delivery, RawHeaders, Reply } from '../core/delivery.ts'
import { filterHeaders } from '../core/http/raw-headers.ts'

/** Sorts by arrival: milliseconds in base 36, then 32 random bits. */
export function createId(now: number): string {
  // Node draws the randomness of UUIDs in advance, which is ten times as fast as `randomBytes`.
  return `${now.toString(36)}${randomUUID().slice(0, 8)}`
}

/** The path and the query of a request target, split without decoding: bytes stay as they were. */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const at = target.indexOf('?')
  return at === -1 ? { path: target, search: '' } : { path: target.slice(0, at), search: target.slice(at) }
}

/** The raw request, ready for the corridor. Our own credentials are for the gateway only, so they are left out. */
export function toDelivery(
  request: { readonly method: string; readonly search: string; readonly rawHeaders: RawHeaders; readonly body: Buffer },
  receivedAt: number,
): Delivery {
  const headers = filterHeaders(request.rawHeaders, (name) => name !== 'authorization')
  return {
    id: createId(receivedAt),
    receivedAt,
    method: request.method,
    search: request.search,
    headers,
    body: request.body,
  }
}

/** A short answer of our own. */
export function plain(status: number, text: string, headers: RawHeaders = []): Reply {
  return { status, headers: ['content-type', 'text/plain; charset=utf-8', ...headers], body: Buffer.from(`${text}\n`) }
}

// These have no body by definition, and Node refuses to give them one.
const hasBody = (status: number): boolean => status >= 200 && status !== 204 && status !== 304

// Beyond this, copying the bytes into text takes longer than a second write.
const SHORT_BYTES = 16 * 1024

/**
 * Writes a reply. The length is given, so that head and body leave in one packet: the agent of a tunnel may keep Nagle's
 * algorithm on, and a second packet would then wait some 40 ms for an acknowledgement.
 */
export function send(response: ServerResponse, reply: Reply, closing: boolean): void {
  const headers = [...reply.headers]
  if (hasBody(reply.status)) headers.push('content-length', String(reply.body.length))
  // Without it a keep-alive connection would hold the closing server open for more than a minute.
  if (closing) headers.push('connection', 'close')
  response.writeHead(reply.status, headers)
  if (!hasBody(reply.status)) response.end()
  // Node joins text to the head, into one write; a buffer is a second one. As latin1, each byte is one character.
  else if (reply.body.length <= SHORT_BYTES) response.end(reply.body.toString('latin1'), 'latin1')
  else response.end(reply.body)
}
