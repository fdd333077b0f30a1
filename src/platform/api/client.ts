// The platform's REST API as its callers see it: JSON in, JSON out, and a `DevHookError` for everything else.
import { backOff, neverAborted, sleep as realSleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { createRedactor, type Redactor } from '../../core/redact.ts'

import { isTokenTrouble, isTransient, jsonOf, problemOf, type RawAnswer } from './api-errors.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import type { Claims } from './token.ts'
import { createTokenSource, type TokenOptions, type Tokens } from './token-source.ts'
import { createTransport, type Exchange } from './transport.ts'
import { unreachable } from './unreachable.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly query?: Readonly<Record<string, string | number>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Statuses that are an answer to the caller rather than an error. */
  readonly allow?: readonly number[]
}

export interface Answer {
  readonly status: number
  /** `null` for an empty body. */
  readonly json: unknown
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A client of one API host. Every call throws `apiUnreachable`, `credentialsRefused`, `permissionDenied`, `notVerified`,
 * `apiRefused`, `apiFailed` or `apiNotJson`, each saying what was tried; an aborted one throws the signal's reason.
 * Only GET is repeated: a write is repeated by those who know that they may.
 */
export interface Client {
  /** Origin and path prefix, without a slash at the end. */
  readonly apiHost: string
  get(path: string, options?: CallOptions): Promise<Answer>
  patch(path: string, options?: CallOptions): Promise<Answer>
  post(path: string, options?: CallOptions): Promise<Answer>
  delete(path: string, options?: CallOptions): Promise<Answer>
  /** What the access token says about itself now. */
  claims(): Claims
  /** Keeps a secret out of everything that is printed, and out of every error message, from now on. */
  conceal(secret: string | null): void
  close(): Promise<void>
}

export interface ClientOptions {
  readonly apiHost: string
  readonly tokens: TokenOptions
  readonly userAgent: string
  /** Learns every secret that the client hears of. Default: one of its own. */
  readonly redactor?: Redactor
  /** The HTTP proxy that leads there, as a URL. */
  readonly proxy?: string | null
  readonly timeoutMs?: number
  readonly limit?: RateLimit
  readonly now?: () => number
  readonly random?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

const TRIES = 4
const LONGEST_REST_MS = 30_000
const REPEATED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504, 521, 522, 524])

type Outcome = { readonly answer: RawAnswer } | { readonly error: DevHookError }

/** Creates a client. Throws `tokenMalformed` or `tokenKind`; connects with the first call. */
export function createClient(options: ClientOptions): Client {
  const { userAgent, proxy = null, now = Date.now, random = Math.random, sleep = realSleep } = options
  const { limit = createRateLimit(), timeoutMs = 10_000, redactor = createRedactor() } = options
  const host = new URL(options.apiHost)
  const prefix = host.pathname.replace(/\/+$/, '')
  const transport = createTransport(host.origin, { timeoutMs, proxy })
  redactor.conceal(options.tokens.token)
  redactor.conceal(options.tokens.refreshToken)
  const onTokens = (fresh: Tokens): void => {
    redactor.conceal(fresh.token)
    redactor.conceal(fresh.refreshToken)
    options.tokens.onTokens?.(fresh)
  }
  const tokens = createTokenSource({ ...options.tokens, onTokens }, askForToken, now)

  // Its own call: without the token that is being replaced, and once, as it is a POST.
  async function askForToken(body: unknown): Promise<unknown> {
    const exchange = exchangeOf('POST', '/v2/auth/token', { body })
    return settle(exchange, await attempt(exchange, null, neverAborted()), []).json
  }

  function exchangeOf(method: Exchange['method'], path: string, { query, body }: CallOptions): Exchange {
    const search = query === undefined ? '' : `?${new URLSearchParams(mapText(query)).toString()}`
    const headers = { accept: 'application/json', 'user-agent': userAgent }
    if (body === undefined) return { method, path: path + search, headers, body: null }
    return {
      method,
      path: path + search,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
  }

  async function attempt(exchange: Exchange, token: string | null, signal: AbortSignal): Promise<Outcome> {
    const headers = token === null ? exchange.headers : { ...exchange.headers, authorization: `Bearer ${token}` }
    try {
      await limit.turn(signal)
      const answer = await transport.send({ ...exchange, path: prefix + exchange.path, headers }, signal)
      const rest = restOf(answer, now())
      if (rest !== null) limit.rest(Math.min(rest, LONGEST_REST_MS))
      return { answer }
    } catch (error) {
      signal.throwIfAborted()
      return { error: unreachable(nameOf(exchange), host.origin, { proxy }, error) }
    }
  }

  async function authorised(exchange: Exchange, signal: AbortSignal): Promise<Outcome> {
    const token = await tokens.current(signal)
    const outcome = await attempt(exchange, token, signal)
    const { expiresAt } = tokens.claims()
    const expired = expiresAt !== null && expiresAt <= now()
    if ('error' in outcome || !isTokenTrouble(outcome.answer, expired)) return outcome
    // The platform did nothing with the call, so that even a POST may go out again.
    const renewed = await tokens.renew(token, signal)
    return renewed === null ? outcome : attempt(exchange, renewed, signal)
  }

  function settle(exchange: Exchange, outcome: Outcome, allow: readonly number[]): Answer {
    if ('error' in outcome) throw outcome.error
    const { status, headers, text } = outcome.answer
    const problem = problemOf(nameOf(exchange), outcome.answer, tokens.claims().scope, redactor.redact)
    if (problem !== null && !allow.includes(status)) throw problem
    const json = text.trim() === '' ? null : jsonOf(text)
    if (json === undefined && problem === null) {
      throw new DevHookError('apiNotJson', `${nameOf(exchange)} answered ${status}, but not with JSON`)
    }
    return { status, json: json ?? null, headers }
  }

  const mayRepeat = (exchange: Exchange, outcome: Outcome): boolean => {
    if (exchange.method !== 'GET') return false
    if ('error' in outcome) return isTransient(outcome.error)
    return REPEATED.has(outcome.answer.status) && (restOf(outcome.answer, now()) ?? 0) <= LONGEST_REST_MS
  }

  const caller =
    (method: Exchange['method']) =>
    async (path: string, call: CallOptions = {}): Promise<Answer> => {
      const { signal = neverAborted(), allow = [] } = call
      const exchange = exchangeOf(method, path, call)
      for (let tries = 1; ; tries++) {
        const outcome = await authorised(exchange, signal)
        if (tries === TRIES || !mayRepeat(exchange, outcome)) return settle(exchange, outcome, allow)
        await sleep(backOff(tries - 1, 250, 4_000, random), signal)
      }
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

const nameOf = ({ method, path }: Exchange): string => `${method} ${path}`

const mapText = (query: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))

/** The rest that an answer asks for in `Retry-After`, seconds or a date, in milliseconds; `null` when it asks for none. */
function restOf({ status, headers }: RawAnswer, now: number): number | null {
  const given = headers['retry-after']
  if (given === undefined || !REPEATED.has(status)) return null
  const ms = /^\d+$/.test(given.trim()) ? Number(given) * 1_000 : Date.parse(given) - now
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
