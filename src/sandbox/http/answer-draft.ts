// The answer to a request, until it goes out.
import type { ServerResponse } from 'node:http'
import type { ApiReply } from './app.ts'

export interface AnswerDraft {
  readonly reply: ApiReply
  isSent(): boolean
  isHijacked(): boolean
  /** The body as it was sent last, as text. */
  text(): string
  /** Sends it all out, with this body. */
  write(outgoing: ServerResponse, text: string): void
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** Creates an empty one, of status 200. */
export function createDraft(): AnswerDraft {
  const headers: Record<string, string | number> = {}
  let status = 200
  let body: unknown
  let isSent = false
  let isHijacked = false
  const reply: ApiReply = {
    code: (next) => {
      status = next
      return reply
    },
    header: (name, value) => {
      headers[name] = value
      return reply
    },
    headers: (values) => {
      Object.assign(headers, values)
      return reply
    },
    send: (next) => {
      body = next
      isSent = true
      return reply
    },
    hijack: () => {
      isHijacked = true
    },
  }
  return {
    reply,
    isSent: () => isSent,
    isHijacked: () => isHijacked,
    text: () => {
      if (body === undefined || body === null) return ''
      if (typeof body === 'string') return body
      headers['content-type'] ??= JSON_TYPE
      return JSON.stringify(body)
    },
    write: (outgoing, text) => {
      if (outgoing.destroyed || outgoing.headersSent) return
      const hasBody = status !== 204 && status !== 304
      outgoing.writeHead(status, { ...headers, ...(hasBody && { 'content-length': Buffer.byteLength(text) }) })
      outgoing.end(hasBody ? text : undefined)
    },
  }
}
