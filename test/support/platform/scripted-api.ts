// An HTTP API whose every answer a test may script, and which remembers requests whole: the sandbox emulates a platform that works,
// and has neither broken, late and contradictory answers nor the headers and bodies of what it was asked.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface ApiCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body; `null` when there is none. */
  readonly body: unknown
  /** Milliseconds of a clock that never jumps. */
  readonly at: number
}

export type ApiReply =
  | { readonly status?: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status?: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is cut without an answer. */
  | { readonly cut: true }

/** `undefined` leaves the call to the route that was there before. */
export type Route = (call: ApiCall) => ApiReply | undefined | Promise<ApiReply | undefined>

export interface ScriptedApi {
  readonly url: string
  readonly calls: readonly ApiCall[]
  /** The calls so far as `GET /v2/bots/b1`. */
  trace(): string[]
  /** The newest route that matches answers. Returns the function that takes it away. */
  on(method: string, path: string | RegExp, route: Route): () => void
  /** Answers the next matching calls, one reply each, then leaves the rest to the other routes. */
  next(method: string, path: string | RegExp, ...replies: readonly ApiReply[]): void
  close(): Promise<void>
}

interface Entry {
  readonly method: string
  readonly path: string | RegExp
  readonly route: Route
}

const notFound: Route = () => ({ status: 404, json: { error: { message: 'Not found' } } })

/** Starts the server; `otherwise` answers what no route does, with 404 by default. */
export async function startScriptedApi(otherwise: Route = notFound): Promise<ScriptedApi> {
  const calls: ApiCall[] = []
  let entries: readonly Entry[] = []

  async function answer(call: ApiCall): Promise<ApiReply> {
    for (const { method, path, route } of entries) {
      const matches = typeof path === 'string' ? path === call.path : path.test(call.path)
      const reply = method === call.method && matches ? await route(call) : undefined
      if (reply !== undefined) return reply
    }
    return (await otherwise(call)) ?? { cut: true }
  }

  const server = createServer((request, response) => {
    void readCall(request).then(async (call) => {
      calls.push(call)
      send(response, await answer(call))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const on: ScriptedApi['on'] = (method, path, route) => {
    const entry = { method, path, route }
    entries = [entry, ...entries]
    return () => {
      entries = entries.filter((other) => other !== entry)
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    trace: () => calls.map(({ method, path }) => `${method} ${path}`),
    on,
    next: (method, path, ...replies) => {
      const left = [...replies]
      on(method, path, () => left.shift())
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const at = performance.now()
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const url = new URL(request.url ?? '/', 'http://loopback')
  const body: unknown = text === '' ? null : JSON.parse(text)
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    at,
  }
}

function send(response: ServerResponse, reply: ApiReply): void {
  if ('cut' in reply) {
    response.destroy()
    return
  }
  const json = 'json' in reply
  const type = json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8'
  response.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers })
  response.end(json ? JSON.stringify(reply.json) : reply.text)
}
