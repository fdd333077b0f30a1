// The probe: one GET with a fresh challenge, to learn whether a public URL reaches a dev-hook.
import { randomBytes } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { onAbort, withDeadline } from '../core/async.ts'
import { messageOf } from '../core/errors.ts'
import { type HookAddress, hookUrl } from '../core/hook-url.ts'
import { authorizationIn } from '../core/http/basic-auth.ts'
import { isInternalLiteral, lookupPublic } from '../core/http/internal-address.ts'
import { NO_PROXIES, type Proxies, proxyFor } from '../core/http/proxy.ts'
import { readUpTo } from '../core/http/read-body.ts'
import { formatDuration } from '../core/text/duration.ts'
import {
  ANCESTRY_HEADER,
  challengeSearch,
  decodeWho,
  PROBE_AGENT,
  REPLY_HEADER,
  WHO_HEADER,
} from '../protocol/challenge.ts'
import { PUBLIC_SIDES } from './public-sides.ts'

/**
 * What a probe found. `who` is the name that the answering dev-hook gives itself, if any; `reply` is what it answers to what it was
 * asked for. No field holds credentials.
 */
export type ProbeResult =
  | { readonly answered: true; readonly who: string | null; readonly reply?: string; readonly ancestry?: string }
  | { readonly answered: false; readonly reason: string }

/** Probes a public base URL once; rejects only when the signal is aborted. */
export type Probe = (publicUrl: string, signal: AbortSignal) => Promise<ProbeResult>

export interface ProbeOptions {
  /** For the whole probe, from the look-up of the name to the last byte, in ms. */
  readonly timeoutMs?: number
  /** Certificates to trust instead of Node's own, PEM. */
  readonly ca?: string
  /** The way out of this network. Default: direct. */
  readonly proxies?: Proxies
  /** Whether a URL is not asked that leads into a private network, or to this machine. Where a proxy looks the name up, the proxy decides. */
  readonly publicOnly?: boolean
  /** The headers by which the dev-hook that answers is asked for something. */
  readonly ask?: Readonly<Record<string, string>>
}

/** How much of an answer is read: a challenge is much shorter, and a wrong answer can be endless. */
const MAX_ANSWER_BYTES = 1_024
/** What servers let through of one header. */
const MAX_ANCESTRY = 8_000

/** Creates the probe of a run, which requests the run's own hook path with its own credentials. */
export function createProbe(address: HookAddress, options: ProbeOptions = {}): Probe {
  return (publicUrl, signal) => probe(hookUrl(publicUrl, address), signal, options)
}

/** Requests `url`, credentials included, with a challenge, and compares the answer. Rejects only when the signal is aborted. */
export async function probe(url: string, signal: AbortSignal, options: ProbeOptions = {}): Promise<ProbeResult> {
  const { timeoutMs = 3_000, ask: asked = {} } = options
  const limit = { ms: timeoutMs, reason: `no answer within ${formatDuration(timeoutMs)}` }
  let agent: Dispatcher | undefined
  try {
    const opened = await agentFor(url, timeoutMs, options)
    agent = opened
    return await withDeadline([signal], limit, (inner) => {
      // undici notices an abort only once it is connected, which may take much longer; so the whole agent is destroyed.
      onAbort(inner, () => opened.destroy(inner.reason))
      return ask(url, opened, asked, inner).catch((error: unknown) => {
        // An agent for a proxy hides the reason of the abort.
        inner.throwIfAborted()
        throw error
      })
    })
  } catch (error) {
    signal.throwIfAborted()
    return { answered: false, reason: messageOf(error) }
  } finally {
    await agent?.destroy()
  }
}

// A new connection each time: one kept from before a network change would hang although the tunnel works.
async function agentFor(url: string, timeout: number, options: ProbeOptions): Promise<Dispatcher> {
  const { ca, proxies = NO_PROXIES, publicOnly = false } = options
  if (publicOnly && isInternalLiteral(new URL(url).hostname)) throw new Error('it leads into a private network')
  const connect = {
    timeout,
    ...(ca === undefined ? {} : { ca }),
    ...(publicOnly && { lookup: lookupPublic }),
  }
  const proxy = proxyFor(url, proxies)
  // Loaded with the first probe: commands that only may have to probe start in half the time without it.
  const { Agent, ProxyAgent } = await import('undici')
  return proxy === null
    ? new Agent({ connect })
    : new ProxyAgent({ uri: proxy, requestTls: connect, proxyTls: { timeout } })
}

async function ask(
  url: string,
  dispatcher: Dispatcher,
  asked: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const challenge = randomBytes(16).toString('hex')
  const { target, headers: own } = addressed(url, challenge)
  const { origin, pathname, search } = target
  const headers = { ...own, ...asked }
  const answer = await dispatcher.request({ origin, path: pathname + search, method: 'GET', headers, signal })
  const body = await readUpTo(answer.body, MAX_ANSWER_BYTES)
  if (answer.statusCode === 200 && body?.toString() === challenge) {
    const who = headerOf(answer.headers[WHO_HEADER])
    const reply = headerOf(answer.headers[REPLY_HEADER])
    const ancestry = headerOf(answer.headers[ANCESTRY_HEADER], MAX_ANCESTRY)
    return {
      answered: true,
      who: who === null ? null : decodeWho(who),
      ...(reply !== null && { reply }),
      ...(ancestry !== null && { ancestry }),
    }
  }
  if (answer.statusCode === 200) return { answered: false, reason: 'something else answers there' }
  const [why] = PUBLIC_SIDES.map(({ errorHeader }) => headerOf(answer.headers[errorHeader])).filter(Boolean)
  return { answered: false, reason: `status ${answer.statusCode}${why === undefined ? '' : ` (${why})`}` }
}

// undici takes credentials from a header only.
function addressed(url: string, challenge: string): { target: URL; headers: Record<string, string> } {
  const target = new URL(url)
  const authorization = authorizationIn(target)
  target.username = ''
  target.password = ''
  target.search = challengeSearch(challenge)
  const headers = {
    'user-agent': PROBE_AGENT,
    ...Object.assign({}, ...PUBLIC_SIDES.map(({ requestHeaders }) => requestHeaders)),
    ...(authorization !== null && { authorization }),
  }
  return { target, headers }
}

const headerOf = (value: string | string[] | undefined, most = 200): string | null =>
  (Array.isArray(value) ? value[0] : value)?.slice(0, most) ?? null
