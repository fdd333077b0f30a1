// The inspector's HTTP server on loopback, with the checks that every request has to pass.

import { randomBytes } from 'node:crypto'
import { type FastifyInstance, fastify } from 'fastify'
import { after } from '../core/async.ts'
import { asDevHookError, type DevHookError } from '../core/errors.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { equalInConstantTime } from '../core/secrets.ts'
import { removeAddress, writeAddress } from './address.ts'
import { addOperations, type RunHandlers } from './operations/routes.ts'

export interface InspectorOptions {
  /** What does the work of the operations. */
  readonly handlers: RunHandlers
  /** The bot's state folder, into which the address is written. */
  readonly folder: string
  readonly runId: string
  /** How long requests in flight may go on after `close()`, in ms. */
  readonly finishWithinMs?: number
}

export interface Inspector {
  readonly port: number
  /** Deletes the address, refuses new requests, and lets those under way finish for a moment. Idempotent. */
  close(): Promise<void>
}

const TOKEN_BYTES = 24

/** The longest request, in bytes: six times a body, because JSON may escape each byte of it, as in `\u0001`. */
const MAX_REQUEST_BYTES = 6 * MAX_BODY_BYTES + 1024

/** Opens the inspector on any free port of 127.0.0.1, then writes its address. Rejects with the system's error. */
export async function openInspector(options: InspectorOptions): Promise<Inspector> {
  const { handlers, folder, runId, finishWithinMs = 500 } = options
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const app = createServer(token)
  addOperations(app, handlers)
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    await removeAddress(folder)
    const closed = app.close()
    app.server.closeIdleConnections()
    const cancel = after(finishWithinMs, () => app.server.closeAllConnections())
    await closed.finally(cancel)
  }
  const close = (): Promise<void> => {
    closing ??= closeAll()
    return closing
  }

  try {
    await app.listen({ host: '127.0.0.1', port: 0 })
    const port = boundPort(app)
    await writeAddress(folder, { runId, port, token })
    return { port, close }
  } catch (error) {
    await close()
    throw error
  }
}

// Without these, Fastify loads its compilers of schemas, which takes a third as long as all the rest of it.
const noSchema = (): never => {
  throw new Error('no route has a schema')
}
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } }

function createServer(token: string): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_REQUEST_BYTES,
    requestTimeout: 30_000,
    exposeHeadRoutes: false,
    schemaController: NO_SCHEMAS,
  })
  const expected = Buffer.from(`Bearer ${token}`)
  // JSON only: a form of another site can send plain text without being asked first.
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    // A page of the web can send requests here, under a name of its own that it lets point to 127.0.0.1.
    const { host, origin } = request.headers
    const hosts = [`127.0.0.1:${boundPort(app)}`, `localhost:${boundPort(app)}`]
    if (!hosts.some((ours) => host === ours))
      return reply.code(403).send(refusal('the host name of the request is not the inspector’s'))
    if (origin !== undefined && !hosts.some((ours) => origin === `http://${ours}`))
      return reply.code(403).send(refusal('the request comes from another site'))
    if (!equalInConstantTime(request.headers.authorization ?? '', expected))
      return reply.code(401).send(refusal('the token is wrong or missing'))
  })
  app.setErrorHandler((thrown: Error & { readonly statusCode?: number }, _request, reply) => {
    // Fastify's own, of a request that is not well-formed.
    if (thrown.statusCode !== undefined) return reply.code(thrown.statusCode).send(refusal(thrown.message))
    const error = asDevHookError(thrown)
    return reply.code(error.is('usage') ? 400 : STATUS[error.category]).send({ error: describe(error) })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(refusal('not found')))
  return app
}

const refusal = (message: string) => ({ error: { message } })

const describe = ({ code, message, remedy }: DevHookError) => ({ code, message, remedy })

const STATUS: Readonly<Record<DevHookError['category'], number>> = {
  user: 409,
  environment: 500,
  remote: 502,
  bug: 500,
}

function boundPort(app: FastifyInstance): number {
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the inspector has no port')
  return address.port
}
