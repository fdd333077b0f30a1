// Answers on the socket: a reply of the corridor, or a short one of the gateway's own, written as few packets as can be.
import type { ServerResponse } from 'node:http'
import type { RawHeaders, Reply } from '../core/delivery.ts'

/** A short answer of the gateway's own. */
export function plainReply(status: number, text: string, headers: RawHeaders = []): Reply {
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
export function sendReply(response: ServerResponse, reply: Reply, closing: boolean): void {
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
