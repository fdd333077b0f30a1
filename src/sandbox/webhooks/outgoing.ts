// The platform's own HTTP calls to webhooks.

import { once } from 'node:events'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { type Clock, createSharedAbort, withDeadline } from '../../core/async.ts'
import { codeOf, messageOf } from '../../core/errors.ts'
import { authorizationIn } from '../../core/http/basic-auth.ts'
import { readUpTo } from '../../core/http/read-body.ts'
import type { Activity } from '../time/activity.ts'
import { fakeReceiverAnswer } from './fake-receiver.ts'

/** The complete answer of a webhook's receiver. `body` is `null` when it is longer than anything the platform reads. */
export interface WebhookAnswer {
  readonly status: number
  readonly type: string
  readonly body: string | null
}

export interface Outgoing {
  /** Makes one call; rejects with a sentence when no complete answer came in time. A redirect is an answer like any other. */
  call(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: Buffer,
  ): Promise<WebhookAnswer>
  /** Cuts the calls that are under way. */
  cut(): void
  /** Cuts them for good. Idempotent. */
  close(): Promise<void>
}

const MAX_BYTES = 1024 * 1024

/**
 * Opens the way out to webhooks. `timeoutMs` bounds a whole call, by the platform's clock; `ca` (PEM) is trusted besides the usual
 * authorities.
 */
export function openOutgoing(options: {
  readonly timeoutMs: number
  readonly ca: string | null
  readonly clock: Pick<Clock, 'after'>
  readonly activity: Pick<Activity, 'begin'>
}): Outgoing {
  const { timeoutMs, ca, clock, activity } = options
  // A connection for each: one that is kept may have ended with the bot that was there before, and the call would be lost with it.
  const http = new HttpAgent({ keepAlive: false })
  const https = new HttpsAgent({ keepAlive: false, ...(ca !== null && { secureContext: trusting(ca) }) })
  let closing = createSharedAbort()

  async function call(...[method, address, headers, body]: Parameters<Outgoing['call']>): Promise<WebhookAnswer> {
    if (!URL.canParse(address)) throw new Error('it is not a URL')
    const url = new URL(address)
    const fake = fakeReceiverAnswer(method, url)
    if (fake !== null) return { ...fake, type: 'text/plain' }

    const deadline = { ms: timeoutMs, reason: `no answer within ${timeoutMs} ms` }
    const authorization = authorizationIn(url)
    const ended = activity.begin()
    const send = async (signal: AbortSignal): Promise<WebhookAnswer> => {
      try {
        const options = {
          method,
          signal,
          headers: {
            'user-agent': 'Web1on1',
            ...(authorization !== null && { Authorization: authorization }),
            ...headers,
            ...lengthOf(body),
          },
        }
        const sent =
          url.protocol === 'https:'
            ? requestHttps(url, { ...options, agent: https })
            : requestHttp(url, { ...options, agent: http })
        sent.end(body)
        const response = await responseTo(sent)
        const type = String(response.headers['content-type'] ?? '')
        const text = (await readUpTo(response, MAX_BYTES))?.toString('utf8') ?? null
        return { status: response.statusCode ?? 0, type, body: text }
      } catch (error) {
        throw signal.aborted ? signal.reason : new Error(reasonOf(error), { cause: error })
      }
    }
    return withDeadline([closing.signal], deadline, send, clock).finally(ended)
  }

  return {
    call,
    cut: () => {
      closing.abort(new Error('the sandbox was reset'))
      closing = createSharedAbort()
    },
    close: async () => {
      closing.abort(new Error('the sandbox was closed'))
      http.destroy()
      https.destroy()
    },
  }
}

const lengthOf = (body: Buffer | undefined): Record<string, string | number> =>
  body === undefined ? {} : { 'content-length': body.length }

async function responseTo(sent: ReturnType<typeof requestHttp>): Promise<IncomingMessage> {
  // What goes wrong after the answer has begun is told by the answer.
  sent.on('error', () => undefined)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('no answer')
  return response
}

// Once for all connections: given `ca`, each one parses all the authorities again, which takes longer than the call itself.
const trusting = (ca: string): SecureContext => createSecureContext({ ca: [...rootCertificates, ca] })

// Connecting to a name with several addresses fails with one error per address and an empty message.
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  const message = messageOf(error)
  return code === undefined || message.includes(code) ? message : `${code} ${message}`.trim()
}
