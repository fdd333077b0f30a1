// The platform's REST API as its callers see it: JSON in, JSON out, and a `DevHookError` for everything else.
import { type Clock, MONOTONIC, neverAborted, poll } from '../../core/async.ts'
import { isSuccess } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import { exponential } from '../../core/pace.ts'
import { createRedactor, type Redactor } from '../../core/text/redact.ts'
import { withoutTrailingSlashes } from '../../core/text/trailing-slashes.ts'
import { isTokenTrouble, jsonOf, problemOf, type RawResponse, timeOf } from './api-errors.ts'
import { stringifyExact } from './exact-json.ts'
import { type ExchangeOutcome, MAX_PAUSE_MS, mayRepeat, pauseOf, REPEATING_MS } from './retry-policy.ts'
import { createThrottle, type Throttle } from './throttle.ts'
import type { Claims } from './token.ts'
import { createTokenSource, type TokenOptions, type TokenPair } from './token-source.ts'
import { createTransport, type Exchange } from './transport.ts'
import { unreachable } from './unreachable.ts'

interface CallOptions {
  readonly signal?: AbortSignal
  readonly query?: Readonly<Record<string, string | number>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Statuses that are an answer to the caller rather than an error. */
  readonly allow?: readonly number[]
}

interface ApiResponse {
  readonly status: number
  /** With exact numbers, so that it can be written back as it was; `null` for an empty body. */
  readonly json: unknown
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A client of one API host. Every call throws `apiUnreachable`, `credentialsRefused`, `permissionDenied`, `notVerified`,
 * `apiRefused`, `apiFailed` or `apiNotJson`, each saying what was tried; an aborted one throws the signal's reason.
 * Only GET is repeated: a write is repeated by a caller that knows that it may.
 */
export interface Client {
  /** Origin and path prefix, without a slash at the end. */
  readonly apiHost: string
  get(path: string, options?: CallOptions): Promise<ApiResponse>
  patch(path: string, options?: CallOptions): Promise<ApiResponse>
  post(path: string, options?: CallOptions): Promise<ApiResponse>
  delete(path: string, options?: CallOptions): Promise<ApiResponse>
  /** The claims of the access token that is in use now. */
  claims(): Claims
  /** Keeps a secret out of everything that is printed, and out of every error message, from now on. */
  conceal(secret: string | null): void
  close(): Promise<void>
}

export interface ClientOptions {
  readonly apiHost: string
  readonly tokens: TokenOptions
  readonly userAgent: string
  /** Is given every secret that the client learns of. Default: one of its own. */
  readonly redactor?: Redactor
  /** The HTTP proxy that leads there, as a URL. */
  readonly proxy?: string | null
  readonly timeoutMs?: number
  readonly throttle?: Throttle
  /** The time of this machine, which the platform's dates are compared with where a response does not tell its own. */
  readonly now?: () => number
  readonly clock?: Clock
  readonly random?: () => number
}

const TRIES = 4

/** Creates a client. Throws `tokenMalformed` or `tokenKind`; connects with the first call. */
export function createClient(options: ClientOptions): Client {
  const { userAgent, proxy = null, now = Date.now, clock = MONOTONIC, random = Math.random } = options
  const { throttle = createThrottle(), timeoutMs = 10_000, redactor = createRedactor() } = options
  const host = new URL(options.apiHost)
  const prefix = withoutTrailingSlashes(host.pathname)
  const transport = createTransport(host.origin, { timeoutMs, proxy })
  const conceal = ({ token, refreshToken }: TokenOptions | TokenPair): void =>
    [token, refreshToken].forEach(redactor.conceal)
  conceal(options.tokens)
  const onTokens = (fresh: TokenPair): void => {
    conceal(fresh)
    options.tokens.onTokens?.(fresh)
  }
  const tokens = createTokenSource({ ...options.tokens, onTokens }, requestToken, { now, elapsed: clock.now })

  // Its own call: without the token that is being replaced, and once, as it is a POST.
  async function requestToken(body: unknown): Promise<unknown> {
    const exchange = exchangeOf('POST', '/v2/auth/token', { body }, userAgent)
    return settle(exchange, await send(exchange, null, neverAborted()), []).json
  }

  async function send(exchange: Exchange, token: string | null, signal: AbortSignal): Promise<ExchangeOutcome> {
    const headers = token === null ? exchange.headers : { ...exchange.headers, authorization: `Bearer ${token}` }
    try {
      await throttle.acquire(signal)
      const response = await transport.send({ ...exchange, path: prefix + exchange.path, headers }, signal)
      const pauseMs = pauseOf(response, now())
      if (pauseMs !== null) throttle.pause(Math.min(pauseMs, MAX_PAUSE_MS))
      return { response }
    } catch (error) {
      signal.throwIfAborted()
      return { error: unreachable(nameOf(exchange), host.origin, { proxy }, error) }
    }
  }

  async function sendAuthorised(exchange: Exchange, signal: AbortSignal): Promise<ExchangeOutcome> {
    const token = await tokens.current(signal)
    const outcome = await send(exchange, token, signal)
    if ('error' in outcome) return outcome
    const at = timeOf(outcome.response, now())
    if (!isTokenTrouble(outcome.response, tokens.hasExpired(at))) return outcome
    // The platform did nothing with the call, so that even a POST may go out again.
    const renewed = await tokens.renew(token, at, signal)
    return renewed === null ? outcome : send(exchange, renewed, signal)
  }

  function settle(exchange: Exchange, outcome: ExchangeOutcome, allow: readonly number[]): ApiResponse {
    if ('error' in outcome) throw outcome.error
    const { response } = outcome
    const problem = problemOf(nameOf(exchange), response, tokens.claims().scope, redactor.redact)
    if (problem !== null && !allow.includes(response.status)) throw problem
    return responseOf(exchange, response)
  }

  const caller =
    (method: Exchange['method']) =>
    async (path: string, call: CallOptions = {}): Promise<ApiResponse> => {
      const { signal = neverAborted(), allow = [] } = call
      const exchange = exchangeOf(method, path, call, userAgent)
      const until = clock.now() + REPEATING_MS
      const outcome = await poll(
        () => sendAuthorised(exchange, signal),
        (sent) => !mayRepeat(exchange, sent, { now: now(), leftMs: until - clock.now() }),
        { pace: exponential(250, 4_000, random), tries: TRIES, limitMs: REPEATING_MS, signal, clock },
      )
      return settle(exchange, outcome, allow)
    }

  return {
    apiHost: host.origin + prefix,
    get: caller('GET'),
    patch: caller('PATCH'),
    post: caller('POST'),
    delete: caller('DELETE'),
    claims: () => tokens.claims(),
    conceal: (secret) => redactor.conceal(secret),
    close: () => transport.close(),
  }
}

/** Reads the JSON of a response. Throws `apiNotJson` for a success without JSON. */
function responseOf(exchange: Exchange, { status, headers, text }: RawResponse): ApiResponse {
  const json = text.trim() === '' ? null : jsonOf(text)
  if (json === undefined && isSuccess(status)) {
    throw new DevHookError('apiNotJson', `${nameOf(exchange)} answered ${status}, but not with JSON`)
  }
  return { status, json: json ?? null, headers }
}

const nameOf = ({ method, path }: Exchange): string => `${method} ${path}`

function exchangeOf(
  method: Exchange['method'],
  path: string,
  { query = {}, body }: CallOptions,
  userAgent: string,
): Exchange {
  const pairs = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])
  const search = pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
  const headers = { accept: 'application/json', 'user-agent': userAgent }
  if (body === undefined) return { method, path: path + search, headers, body: null }
  const typed = { ...headers, 'content-type': 'application/json' }
  return { method, path: path + search, headers: typed, body: stringifyExact(body) }
}
