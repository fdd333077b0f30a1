// What the inspector answers: the page, the operations and the stream, behind the checks that every request has to pass.

import type { RequestListener } from 'node:http'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { asDevHookError, type DevHookError } from '../core/errors.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { Access } from './access.ts'
import { STREAM_PATH } from './operations/locations.ts'
import { addOperations, type RunHandlers } from './operations/routes.ts'
import { createPageFiles, type PageFiles, page } from './page-files.ts'
import type { Stream } from './stream.ts'

interface AppOptions {
  readonly handlers: RunHandlers
  readonly access: Access
  readonly stream: Stream
  /** The port that requests come in at. */
  readonly port: () => number
  /** The folder of the page; where the build puts it by default. */
  readonly pageFolder: string | undefined
}

/** The longest request, in bytes: six times a body, because JSON may escape each byte of it, as in `\u0001`. */
const MAX_REQUEST_BYTES = 6 * MAX_BODY_BYTES + 1024

/** Creates what answers the requests to an inspector. */
export async function createApp(options: AppOptions): Promise<RequestListener> {
  const { handlers, access, stream, port, pageFolder } = options
  const app = createGuarded(access, port)
  addStream(app, stream)
  addOperations(app, handlers)
  addPage(app, access, port, createPageFiles(pageFolder))
  await app.ready()
  return (request, response) => app.routing(request, response)
}

// Without these, Fastify loads its compilers of schemas, which takes a third as long as all the rest of it.
const noSchema = (): never => {
  throw new Error('no route has a schema')
}
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } }

function createGuarded(access: Access, port: () => number): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_REQUEST_BYTES,
    exposeHeadRoutes: false,
    schemaController: NO_SCHEMAS,
    frameworkErrors: (error, _request, reply) => void answerError(error, reply),
  })
  // JSON only: a form of another site can send plain text without being asked first.
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const [path = ''] = request.url.split('?')
    const refused = access.refuse({ method: request.method, path, headers: request.headers }, port())
    if (refused !== null) return reply.code(refused.status).send(refusal(refused.message))
  })
  app.setErrorHandler((thrown: Error, _request, reply) => answerError(thrown, reply))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(refusal('not found')))
  return app
}

/** For the page: nothing but what this server has, in no frame, and told to nobody. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

function answerError(thrown: Error & { readonly statusCode?: number }, reply: FastifyReply): FastifyReply {
  // Fastify's own, of a request that is not well-formed.
  if (thrown.statusCode !== undefined) return reply.code(thrown.statusCode).send(refusal(thrown.message))
  const error = asDevHookError(thrown)
  return reply.code(error.is('usage') ? 400 : STATUS[error.category]).send({ error: describe(error) })
}

function addStream(app: FastifyInstance, stream: Stream): void {
  app.get(STREAM_PATH, (request, reply) => {
    const { 'last-event-id': lastId } = request.headers
    reply.hijack()
    for (const [name, value] of Object.entries(HEADERS)) reply.raw.setHeader(name, value)
    if (stream.add(reply.raw, typeof lastId === 'string' ? lastId : null)) return
    reply.raw.writeHead(503, { 'content-type': 'application/json', connection: 'close' })
    reply.raw.end(JSON.stringify(refusal('too many clients listen already')))
  })
}

function addPage(app: FastifyInstance, access: Access, port: () => number, files: PageFiles): void {
  const send = (reply: FastifyReply, status: number, body: Buffer): FastifyReply =>
    reply.code(status).type('text/html; charset=utf-8').send(body)

  app.get('/*', async (request, reply) => {
    const at = request.url.indexOf('?')
    const path = at === -1 ? request.url : request.url.slice(0, at)
    const token = at === -1 ? null : new URLSearchParams(request.url.slice(at)).get('token')
    if (path === '/' && token !== null) {
      if (!access.isLink(token)) return send(reply, 401, WRONG_LINK)
      // Not a redirect: after a link on another site a browser would leave the cookie out of what follows.
      return send(reply.header('set-cookie', access.cookie(port())), 200, ENTERED)
    }
    // Browsers ask for it on their own, also where an answer is not a page: there is nothing to say about it.
    if (path === '/favicon.ico') return reply.code(204).send()
    const file = await files.at(path)
    if (file === null) return reply.callNotFound()
    if (file.isHashed) reply.header('cache-control', 'public, max-age=31536000, immutable')
    return reply.type(file.type).send(file.body)
  })
}

const WRONG_LINK = page(
  'dev-hook',
  'This link belongs to another run: open the one that dev-hook showed when it was ready.',
)

/** The token leaves the address, and the browser's history, at once. */
const ENTERED = page('dev-hook', '<a href="/">dev-hook</a>', '<meta http-equiv="refresh" content="0;url=/">')

const refusal = (message: string) => ({ error: { message } })

const describe = ({ code, message, remedy }: DevHookError) => ({ code, message, remedy })

const STATUS: Readonly<Record<DevHookError['category'], number>> = {
  user: 409,
  environment: 500,
  remote: 502,
  bug: 500,
}
