// Sends events straight to a URL, signed as the platform signs them.

import { createEvent } from '../../config/events/create-event.ts'
import { monotonic } from '../../core/async.ts'
import { messageOf } from '../../core/errors.ts'
import { authorizationIn } from '../../core/http/basic-auth.ts'
import { type Proxies, proxyFor } from '../../core/http/proxy.ts'
import { createTransport } from '../../platform/api/transport.ts'
import { identify } from '../../protocol/payload.ts'
import { signatureHeaders } from '../../protocol/signature.ts'
import type { EventTemplates, TemplateContext } from '../../protocol/templates/template.ts'
import type { Sender, Sent } from './sender.ts'

export interface UrlSenderOptions {
  readonly url: URL
  /** What it is signed with; `null`: it is not signed. */
  readonly secret: string | null
  readonly proxies: Proxies
  readonly templates: EventTemplates
  /** Asked for each event. */
  readonly context: () => TemplateContext
  /** How many may be under way. */
  readonly atOnce: number
}

/** The platform waits so long. */
const PATIENCE_MS = 20_000

/** Opens it; nothing is connected before the first event. */
export function openUrlSender({ url, secret, proxies, templates, context, atOnce }: UrlSenderOptions): Sender {
  const proxy = proxyFor(url.href, proxies)
  const authorization = authorizationIn(url)
  const transport = createTransport(url.origin, { timeoutMs: PATIENCE_MS, proxy, connections: atOnce })
  return {
    send: async (request, raw, signal) => {
      const body = raw ?? Buffer.from(JSON.stringify(createEvent(templates, request, context()).payload))
      const { label } = identify({ id: '', receivedAt: 0, method: 'POST', search: url.search, headers: [], body })
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'dev-hook trigger',
        ...(authorization !== null && { authorization }),
        ...(secret === null ? {} : signatureHeaders(body, secret)),
      }
      const began = monotonic()
      const path = url.pathname + url.search
      const end = await transport.send({ method: 'POST', path, headers, body: body.toString('utf8') }, signal).then(
        ({ status }): Ended => ({ outcome: 'answered', status, reason: null }),
        (error: unknown) => endOf(error, signal),
      )
      return { id: label.platformId, label, ms: Math.round(monotonic() - began), ...end }
    },
    close: transport.close,
  }
}

type Ended = Pick<Sent, 'outcome' | 'status' | 'reason'>

function endOf(error: unknown, signal: AbortSignal): Ended {
  if (signal.aborted) return { outcome: 'cancelled', status: null, reason: 'dev-hook was ended' }
  const reason = messageOf(error)
  if (/ECONNREFUSED/.test(reason) || codeOfAny(error) === 'ECONNREFUSED')
    return { outcome: 'refused', status: null, reason: reason === '' ? 'nothing listens there' : reason }
  return { outcome: reason.startsWith('no answer') ? 'timed-out' : 'interrupted', status: null, reason }
}

/** Of `localhost`, which has two addresses, the error has no message. */
const codeOfAny = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)
