// The routes of the operations: a request to the path of one is read, done, and answered with what it gives.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { DevHookError } from '../../core/errors.ts'
import { API } from './locations.ts'
import { describeApi } from './open-api.ts'
import { methodOf, OPENAPI_PATH, operationAt } from './paths.ts'
import { inputInQuery, readInput } from './read-input.ts'
import { type Handlers, OPERATIONS, type OperationName, type RunOperation, type SandboxOperation } from './table.ts'

/** What does the work of a run; `sandbox` is `null` where the platform is not emulated. */
export interface RunHandlers {
  readonly run: Handlers<RunOperation>
  readonly sandbox: Handlers<SandboxOperation> | null
  /** Of dev-hook. */
  readonly version: string
}

/** Adds the routes to a server. */
export function addOperations(app: FastifyInstance, { run, sandbox, version }: RunHandlers): void {
  const handlers: Partial<Handlers<OperationName>> = { ...run, ...sandbox }

  app.get(OPENAPI_PATH, () => describeApi(version))

  app.route({
    method: ['GET', 'POST'],
    url: `${API}/:operation`,
    handler: async (request, reply) => {
      const { path, search } = splitUrl(request.url)
      const name = operationAt(path)
      if (name === null) return reply.callNotFound()
      const method = methodOf(name)
      if (request.method !== method) {
        const message = `${name} is asked for with ${method}, not with ${request.method}`
        return reply.code(405).header('allow', method).send({ error: { message } })
      }
      if (OPERATIONS[name].where === 'sandbox' && sandbox === null)
        throw new DevHookError('onlyInSandbox', `${name} is for a sandbox, and this run is against the platform`)
      const given = method === 'GET' ? inputInQuery(name, new URLSearchParams(search)) : request.body
      return perform(handlers, name, given, abortedOnDisconnect(reply))
    },
  })
}

async function perform<N extends OperationName>(
  handlers: Partial<Handlers<N>>,
  name: N,
  given: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  return handlers[name]?.(readInput(name, given), signal)
}

function splitUrl(url: string): { readonly path: string; readonly search: string } {
  const at = url.indexOf('?')
  return at === -1 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at + 1) }
}

/** A signal that is aborted when the client disconnects without waiting for the answer. */
function abortedOnDisconnect({ raw }: FastifyReply): AbortSignal {
  const disconnected = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort()
  })
  return disconnected.signal
}
