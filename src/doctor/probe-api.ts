// A request to the API without a token: whether it is reached, is the API, and what its clock says.
import type { Config } from '../config/load.ts'
import { monotonic } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import { proxyFor } from '../core/http/proxy.ts'
import { isJson } from '../core/text/parse-json.ts'
import { withoutTrailingSlashes } from '../core/text/trailing-slashes.ts'
import { createTransport } from '../platform/api/transport.ts'
import { unreachable } from '../platform/api/unreachable.ts'

/** What the API answered to a request without a token. */
export interface ApiProbe {
  readonly status: number
  readonly ms: number
  /** How far our clock is ahead of the platform's, in ms, to the second; `null` when its answer has no date. */
  readonly aheadMs: number | null
}

const PATH = '/v2/bots'
const TIMEOUT_MS = 8_000

/** Asks the API for something that needs a token: any answer in JSON will do. Throws `apiUnreachable`, `apiNotJson` or `apiFailed`. */
export async function probeApi(
  { apiHost, proxies }: Pick<Config, 'apiHost' | 'proxies'>,
  signal: AbortSignal,
): Promise<ApiProbe> {
  const { origin, pathname } = new URL(apiHost)
  const way = { timeoutMs: TIMEOUT_MS, proxy: proxyFor(apiHost, proxies) }
  const transport = createTransport(origin, way)
  const started = monotonic()
  try {
    const exchange = { method: 'GET', path: withoutTrailingSlashes(pathname) + PATH, headers: {}, body: null } as const
    const { status, headers, text } = await transport.send(exchange, signal)
    const ms = monotonic() - started
    if (status >= 500) throw new DevHookError('apiFailed', `${origin} answered ${status}`)
    if (!isJson(text)) throw new DevHookError('apiNotJson', `${origin} answered ${status}, but not with JSON`)
    return { status, ms, aheadMs: aheadOf(headers['date'], ms) }
  } catch (error) {
    throw unreachable(`GET ${PATH}`, origin, way, error)
  } finally {
    await transport.close()
  }
}

/** How far our clock is ahead. The platform's was read between request and answer, and is cut to the second. */
function aheadOf(date: string | undefined, ms: number): number | null {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? null : Date.now() - ms / 2 - (theirs + 500)
}
