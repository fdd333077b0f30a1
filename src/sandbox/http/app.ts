// The HTTP server that the emulated API is built on: routes, hooks around them, JSON.
// A framework would take longer to load than all the rest of the sandbox.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createSharedAbort } from '../../core/async.ts'
import { readWhole } from '../../core/http/read-body.ts'
import { ApiError } from '../api-error.ts'
import { type AnswerDraft, createDraft } from './answer-draft.ts'
import { withoutQuery } from './paths.ts'
import { createRoutes, type Method } from './routes.ts'

/** A request, as routes and hooks see it. */
export interface ApiRequest {
  readonly method: string
  /** The path with the query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly host: string
  readonly ip: string
  /** The parts of the path that the route has a name for. */
  readonly params: Readonly<Record<string, string>>
  /** Parsed; `undefined` before the route, and where there is none. */
  readonly body: unknown
  /** How many bytes the body had. */
  readonly bodyBytes: number
  readonly raw: IncomingMessage
}

/** The answer to a request, until it is sent. */
export interface ApiReply {
  code(status: number): ApiReply
  header(name: string, value: string | number): ApiReply
  headers(values: Readonly<Record<string, string | number>>): ApiReply
  /** Says what the body is: a text, or what becomes JSON; it goes out once the hooks have seen it. */
  send(body?: unknown): ApiReply
  /** Nobody answers any more: the connection is somebody else's. */
  hijack(): void
}

type Handler = (request: ApiRequest, reply: ApiReply) => unknown

/** Called before the route; what sends the reply ends it there. */
type OnRequest = (request: ApiRequest, reply: ApiReply) => Promise<unknown>
/** Called with the body that goes out; resolves to the one that does. */
type OnSend = (request: ApiRequest, reply: ApiReply, body: string) => Promise<string>

export interface ApiApp {
  readonly server: Server
  /** Aborted by `close`: nobody is there any more for whom an answer could wait. */
  readonly closed: AbortSignal
  /** Answers a method under a path, in which `:id` stands for one part. */
  on(method: Method, path: string, handler: Handler): void
  onRequest(hook: OnRequest): void
  onSend(hook: OnSend): void
  /** Called once an answer has gone out, with its status. */
  onResponse(hook: (request: ApiRequest, status: number) => void): void
  /** Called with what a route or a hook has thrown, before it is answered. */
  onError(hook: (request: ApiRequest, error: Error) => void): void
  /** Listens on loopback. Resolves with the address, `http://127.0.0.1:<port>`. */
  listen(port: number): Promise<string>
  /** Cuts every connection. Idempotent. */
  close(): Promise<void>
}

const MAX_BYTES = 1024 * 1024
/** Clients keep connections for about a minute; one that is closed just when they use it is lost on them. */
const KEEP_ALIVE_MS = 72_000

/** A request whose parts come one after the other. */
interface OpenRequest extends ApiRequest {
  params: Readonly<Record<string, string>>
  body: unknown
  bodyBytes: number
}

/** Creates one without routes. */
// One story: a request, from its first hook to the last byte of its answer.
export function createApp(): ApiApp {
  const routes = createRoutes<Handler>()
  const requestHooks: OnRequest[] = []
  const sendHooks: OnSend[] = []
  const responseHooks: ((request: ApiRequest, status: number) => void)[] = []
  const errorHooks: ((request: ApiRequest, error: Error) => void)[] = []
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const closing = createSharedAbort()

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = requestOf(incoming)
    const draft = createDraft()
    outgoing.once('finish', () => {
      for (const hook of responseHooks) hook(request, outgoing.statusCode)
    })
    // A connection that is cut while somebody still works on the answer.
    outgoing.on('error', () => undefined)
    try {
      await route(request, draft)
    } catch (error) {
      fail(request, draft, error)
    }
    if (draft.isHijacked() || closing.signal.aborted) return
    try {
      await send(request, draft, outgoing)
    } catch (error) {
      // What a hook that came last has thrown.
      fail(request, draft, error)
      draft.write(outgoing, draft.text())
    }
  }

  async function route(request: OpenRequest, draft: AnswerDraft): Promise<void> {
    const { method, url } = request
    for (const hook of requestHooks) {
      await hook(request, draft.reply)
      if (draft.isSent() || draft.isHijacked()) return
    }
    const found = routes.find(method, withoutQuery(url))
    if (found === null) {
      draft.reply.code(404).send({ error: { message: 'Not found' } })
      return
    }
    request.params = found.params
    if (method !== 'GET') await readBody(request)
    const result = await found.handler(request, draft.reply)
    if (!draft.isSent() && !draft.isHijacked() && result !== draft.reply) draft.reply.send(result)
  }

  function fail(request: ApiRequest, draft: AnswerDraft, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    for (const hook of errorHooks) hook(request, error)
    draft.reply.code(error instanceof ApiError ? error.status : 500).send({ error: { message: error.message } })
  }

  async function send(request: ApiRequest, draft: AnswerDraft, outgoing: ServerResponse): Promise<void> {
    let text = draft.text()
    for (const hook of sendHooks) text = await hook(request, draft.reply, text)
    if (draft.isHijacked()) return
    draft.write(outgoing, text)
  }

  return {
    server,
    closed: closing.signal,
    on: routes.add,
    onRequest: (hook) => void requestHooks.push(hook),
    onSend: (hook) => void sendHooks.push(hook),
    onResponse: (hook) => void responseHooks.push(hook),
    onError: (hook) => void errorHooks.push(hook),
    listen: async (port) => {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`
    },
    close: async () => {
      closing.abort()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function requestOf(raw: IncomingMessage): OpenRequest {
  const { method = 'GET', url = '/', headers, socket } = raw
  return {
    method,
    url,
    headers,
    host: headers.host ?? '',
    ip: socket.remoteAddress ?? '',
    params: {},
    body: undefined,
    bodyBytes: 0,
    raw,
  }
}

const JSON_TYPE = /^application\/json\b/i
const TEXT_TYPE = /^text\/plain\b/i

async function readBody(request: OpenRequest): Promise<void> {
  const keeps = (more: number): boolean => {
    request.bodyBytes += more
    return request.bodyBytes <= MAX_BYTES
  }
  const whole = await new Promise<Buffer | null>((resolve) => readWhole(request.raw, keeps, resolve))
  if (whole === null) throw new ApiError(413, 'Request body is too large')
  request.body = bodyOf(whole, request.headers['content-type'] ?? '')
}

/** The body of a request: JSON, a text, or `undefined` for none. SDKs say that they send JSON also where they send nothing. */
function bodyOf(whole: Buffer, type: string): unknown {
  if (whole.length === 0) return undefined
  if (TEXT_TYPE.test(type)) return whole.toString()
  if (!JSON_TYPE.test(type)) throw new ApiError(415, 'Unsupported Media Type')
  try {
    return JSON.parse(whole.toString())
  } catch {
    throw new ApiError(400, 'The body is not JSON')
  }
}
