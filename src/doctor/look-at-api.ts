// One look at the API without a token: whether it is reached, is the API, and what time it has.
import type { Config } from '../config/load.ts'
import { DevHookError } from '../core/errors.ts'
import { proxyFor } from '../core/proxy.ts'
import { createTransport } from '../platform/api/transport.ts'
import { unreachable } from '../platform/api/unreachable.ts'

export interface ApiLook {
  readonly status: number
  readonly ms: number
  /** How far our clock is ahead of the platform's, in ms, to the second; `null` when the platform does not say. */
  readonly aheadMs: number | null
}

const PATH = '/v2/bots'
const TIMEOUT_MS = 8_000

/** Looks. Any answer in JSON will do, a refusal too. Throws `apiUnreachable`, `apiNotJson` or `apiFailed`. */
export async function lookAtApi(
  { apiHost, proxies }: Pick<Config, 'apiHost' | 'proxies'>,
  signal: AbortSignal,
): Promise<ApiLook> {
  const { origin, pathname } = new URL(apiHost)
  const way = { timeoutMs: TIMEOUT_MS, proxy: proxyFor(apiHost, proxies) }
  const transport = createTransport(origin, way)
  const started = performance.now()
  try {
    const exchange = { method: 'GET', path: pathname.replace(/\/+$/, '') + PATH, headers: {}, body: null } as const
    const { status, headers, text } = await transport.send(exchange, signal)
    const ms = performance.now() - started
    if (status >= 500) throw new DevHookError('apiFailed', `${origin} answered ${status}`)
    if (!isJson(text)) throw new DevHookError('apiNotJson', `${origin} answered ${status}, but not with JSON`)
    return { status, ms, aheadMs: aheadOf(headers['date'], ms) }
  } catch (error) {
    throw unreachable(`GET ${PATH}`, origin, way, error)
  } finally {
    await transport.close()
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // What it is instead does not matter here.
    return false
  }
}

/** The platform's time was true somewhere between question and answer, and is cut to the second. */
function aheadOf(date: string | undefined, ms: number): number | null {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? null : Date.now() - ms / 2 - (theirs + 500)
}
