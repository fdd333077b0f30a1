// Writes replies to the socket in as few packets as possible.
import type { ServerResponse } from 'node:http'
import type { RawHeaders, Reply } from '../core/delivery.ts'

/** A plain-text reply of the gateway's own. */
export function plainReply(status: number, text: string, headers: RawHeaders = []): Reply {
  return { status, headers: ['content-type', 'text/plain; charset=utf-8', ...headers], body: Buffer.from(`${text}\n`) }
}

// The others have no body by definition, and Node refuses to write one.
const hasBody = (status: number): boolean => status >= 200 && status !== 204 && status !== 304

// Copying more bytes than this into text takes longer than a second write.
const SHORT_BYTES = 16 * 1024

/**
 * Writes a reply, and closes its connection if the gateway is `closing`. The length is given, so that head and body leave in one packet:
 * if the tunnel's agent keeps Nagle's algorithm on, a second packet would wait some 40 ms for an acknowledgement.
 */
export function sendReply(response: ServerResponse, reply: Reply, closing: boolean): void {
  const headers = [...reply.headers]
  if (hasBody(reply.status)) headers.push('content-length', String(reply.body.length))
  // Otherwise a keep-alive connection would keep the closing server open for more than a minute.
  if (closing) headers.push('connection', 'close')
  response.writeHead(reply.status, headers)
  if (!hasBody(reply.status)) response.end()
  // Node writes text together with the head, but a buffer separately. In latin1, each byte is one character.
  else if (reply.body.length <= SHORT_BYTES) response.end(reply.body.toString('latin1'), 'latin1')
  else response.end(reply.body)
}
