// The loopback HTTP server at which the tunnel ends: one path, raw bytes, limits.
// Plain `node:http`: a framework would cost a tenth of the throughput, for one route and no body to parse.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { after, monotonic } from '../core/async.ts'
import type { Reply } from '../core/delivery.ts'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import type { HookAddress } from '../core/hook-url.ts'
import { basic } from '../core/http/basic-auth.ts'
import { headerOf } from '../core/http/raw-headers.ts'
import { readWhole } from '../core/http/read-body.ts'
import { createRefusalNotices } from '../core/http/refusal-notices.ts'
import { MAX_BODY_BYTES, MAX_UNVERIFIED_BYTES } from '../core/limits.ts'
import type { RejectReason } from '../core/notices.ts'
import type { Gateway, GatewayHandlers } from '../core/ports.ts'
import { equalInConstantTime } from '../core/secrets.ts'
import { type AdmissionLimits, createAdmissions } from './admission.ts'
import { createId, splitTarget, toDelivery } from './intake.ts'
import { plainReply, sendReply } from './reply.ts'
import { createUnanswered, type Refusal, refuseUnparsed, type Unanswered } from './unparsed.ts'

export interface GatewayOptions extends GatewayHandlers {
  readonly address: HookAddress
  /** The port to listen on; `null` for any free one. */
  readonly port: number | null
  /** The longest body, in bytes. Default `MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number
  /** The bounds on requests whose signature is not checked yet. */
  readonly unverified?: Partial<Omit<AdmissionLimits, 'maxBodyBytes'>>
  /** How long a request may take to arrive completely, in ms. Default 30 s. */
  readonly arriveWithinMs?: number
  /** How long requests in flight may go on after `close()`, in ms. Default 0.5 s. */
  readonly finishWithinMs?: number
  readonly now?: () => number
}

// Longer than any tunnel keeps an idle connection: if the gateway closed it first, a delivery on its way would be lost.
const KEEP_ALIVE_MS = 72_000

// How often Node looks for requests that have not arrived in time: more often would keep waking an idle run.
const CHECKED_EVERY_MS = 10_000

const UNVERIFIED = { maxRequests: 64, maxBytesTogether: MAX_UNVERIFIED_BYTES }

/** What the gateway itself refuses, and how it answers. */
const REFUSALS = {
  unauthorised: {
    status: 401,
    detail: 'the credentials of the webhook URL are wrong or missing',
    headers: ['www-authenticate', 'Basic realm="dev-hook"'],
  },
  'too-large': { status: 413, detail: 'the body is too large', headers: [] },
  full: {
    status: 503,
    detail: 'too much is arriving whose signature is not checked yet',
    headers: ['retry-after', '1'],
  },
  unsupported: { status: 417, detail: 'it expects what dev-hook does not do (`Expect`)', headers: [] },
  malformed: { status: 400, detail: 'it names a whole URL, as if to a proxy', headers: [] },
} as const satisfies Partial<Record<RejectReason, unknown>>

/** Whether a request target is a whole URL, as a client sends it to a proxy. */
const isWholeUrl = (target: string): boolean => /^https?:\/\//i.test(target)

/** Opens a gateway on 127.0.0.1. Rejects with `portTaken` when its port is in use. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { now = Date.now, arriveWithinMs = 30_000, finishWithinMs = 500 } = options
  const notices = createRefusalNotices(options.rejected)
  const announce = (refusal: Refusal): void => notices.add({ id: createId(now()), ...refusal })
  const unanswered = createUnanswered()
  let closing: Promise<void> | undefined
  const intake = createRequestHandlers(options, { announce, unanswered, isClosing: () => closing !== undefined })
  const server = createServer(
    {
      requestTimeout: arriveWithinMs,
      connectionsCheckingInterval: Math.min(CHECKED_EVERY_MS, arriveWithinMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    intake.take,
  )
  server.on('checkExpectation', intake.expects)
  refuseUnparsed(server, unanswered, announce)
  const port = await listen(server, options.port)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => {
      closing ??= closeWithin(server, finishWithinMs).finally(notices.close)
      return closing
    },
  }
}

interface Surroundings {
  /** Announces a refused request. */
  readonly announce: (refusal: Refusal) => void
  readonly unanswered: Unanswered
  readonly isClosing: () => boolean
}

/** Creates the handlers for requests, and for those with an `Expect` header. */
function createRequestHandlers(options: GatewayOptions, { announce, unanswered, isClosing }: Surroundings) {
  const { address, accept, maxBodyBytes = MAX_BODY_BYTES, now = Date.now } = options
  const expected = Buffer.from(basic(`${address.user}:${address.password}`))
  const admissions = createAdmissions({ ...UNVERIFIED, ...options.unverified, maxBodyBytes })

  const answer = (response: ServerResponse, reply: Reply): void => sendReply(response, reply, isClosing())

  function refuse(response: ServerResponse, reason: keyof typeof REFUSALS): void {
    const { status, detail, headers } = REFUSALS[reason]
    announce({ reason, status, detail })
    answer(response, plainReply(status, detail, headers))
  }

  /** Answers a request that is for another path or has the wrong credentials; returns whether it did. */
  function turnsAway(request: IncomingMessage, response: ServerResponse): boolean {
    unanswered.add(request, response)
    const { path } = splitTarget(request.url ?? '')
    // Not `request.headers`, for which Node makes an object of all headers.
    const given = headerOf(request.rawHeaders, 'authorization') ?? ''
    if (path === address.path && equalInConstantTime(given, expected)) return false
    if (path === address.path) refuse(response, 'unauthorised')
    // Strangers try many paths, but whoever knows this one means this gateway.
    else if (isWholeUrl(path) && path.endsWith(address.path)) refuse(response, 'malformed')
    else answer(response, plainReply(404, 'not found'))
    return true
  }

  function take(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'POST', rawHeaders, url = '' } = request
    const { search } = splitTarget(url)
    if (turnsAway(request, response)) return
    if (isClosing()) return answer(response, plainReply(503, 'dev-hook is ending', ['retry-after', '1']))
    const admission = admissions.enter()
    if (admission === null) return refuse(response, 'full')
    // However the request ends, even before all of it has arrived.
    response.once('close', admission.leave)
    const since = monotonic()
    let refused: 'too-large' | 'full' | null = null
    const keeps = (bytes: number): boolean => {
      refused = admission.hold(bytes)
      return refused === null
    }
    const deliver = (body: Buffer | null): void => {
      if (body === null) return refuse(response, refused ?? 'too-large')
      void accept(toDelivery({ method, search, rawHeaders, body }, now()), since, admission.leave)
        .then((reply) => answer(response, reply))
        // Node refuses to write invalid headers, and a bot may send anything.
        .catch((error: unknown) =>
          response.headersSent ? response.destroy() : answer(response, plainReply(502, messageOf(error))),
        )
    }
    readWhole(request, keeps, deliver, Number(request.headers['content-length'] ?? 0))
  }

  const expects = (request: IncomingMessage, response: ServerResponse): void => {
    if (!turnsAway(request, response)) refuse(response, 'unsupported')
  }

  return { take, expects }
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

/** Closes a server: idle connections at once, requests in flight after `ms` at the latest. */
async function closeWithin(server: Server, ms: number): Promise<void> {
  const cancel = after(ms, () => server.closeAllConnections())
  await new Promise<void>((resolve) => server.close(() => resolve()))
  cancel()
}
