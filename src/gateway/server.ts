// The loopback HTTP server in which the tunnel ends: one path, raw bytes, limits.
// On `node:http` itself: a framework would have one route to find and no body to parse, for a tenth of the throughput.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { after, monotonic } from '../core/async.ts'
import type { Reply } from '../core/delivery.ts'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'

import type { HookAddress } from '../core/hook-url.ts'
import { readWhole } from '../core/http/read-body.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { Gateway, GatewayHandlers } from '../core/ports.ts'
import { equalInConstantTime } from '../core/secrets.ts'
import { createId, plain, send, splitTarget, toDelivery } from './intake.ts'

export interface GatewayOptions extends GatewayHandlers {
  readonly address: HookAddress
  /** `null`: any free one. */
  readonly port: number | null
  /** Longest body in bytes. */
  readonly maxBytes?: number
  /** How long a request may take to arrive whole, in ms. */
  readonly arriveWithinMs?: number
  /** How long requests in flight may go on after `close()`, in ms. */
  readonly finishWithinMs?: number
  readonly now?: () => number
}

// Longer than any tunnel keeps an idle connection: whoever closes it must not be us, while a delivery is on its way in it.
const KEEP_ALIVE_MS = 72_000

/** Listens on 127.0.0.1. Throws `portTaken`. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { address, accept, now = Date.now } = options
  const { maxBytes = MAX_BODY_BYTES, arriveWithinMs = 30_000, finishWithinMs = 500 } = options
  const expected = Buffer.from(`Basic ${Buffer.from(`${address.user}:${address.password}`).toString('base64')}`)
  let closing: Promise<void> | undefined

  const answer = (response: ServerResponse, reply: Reply): void => send(response, reply, closing !== undefined)

  function reject(
    response: ServerResponse,
    reason: 'unauthorised' | 'too-large',
    status: number,
    detail: string,
  ): void {
    options.rejected(createId(now()), reason, status, detail)
    answer(response, plain(status, detail, status === 401 ? ['www-authenticate', 'Basic realm="dev-hook"'] : []))
  }

  function take(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'POST', rawHeaders, url = '' } = request
    const { path, search } = splitTarget(url)
    if (path !== address.path) return answer(response, plain(404, 'not found'))
    if (!equalInConstantTime(request.headers.authorization ?? '', expected)) {
      return reject(response, 'unauthorised', 401, 'the credentials of the webhook URL are wrong or missing')
    }
    if (closing !== undefined) return answer(response, plain(503, 'dev-hook is ending', ['retry-after', '1']))
    const since = monotonic()
    readWhole(request, maxBytes, (body) => {
      if (body === null) return reject(response, 'too-large', 413, 'the body is too large')
      void accept(toDelivery({ method, search, rawHeaders, body }, now()), since)
        .then((reply) => answer(response, reply))
        // Node refuses to write what is no header, and what the bot sends is the bot's.
        .catch((error: unknown) =>
          response.headersSent ? response.destroy() : answer(response, plain(502, messageOf(error))),
        )
    })
  }

  const server = createServer({ requestTimeout: arriveWithinMs, keepAliveTimeout: KEEP_ALIVE_MS }, take)
  const port = await listen(server, options.port)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => {
      closing ??= closeWithin(server, finishWithinMs)
      return closing
    },
  }
}

async function listen(server: Server, port: number | null): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port: port ?? 0 }, resolve)
    })
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    throw new DevHookError('portTaken', `port ${port} is in use, so the gateway cannot listen there`, { cause: error })
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port')
  return address.port
}

/** Lets requests in flight finish for a while, then cuts what is left. Idle connections end at once. */
async function closeWithin(server: Server, ms: number): Promise<void> {
  const cancel = after(ms, () => server.closeAllConnections())
  await new Promise<void>((resolve) => server.close(() => resolve()))
  cancel()
}
